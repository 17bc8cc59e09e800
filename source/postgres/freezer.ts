/**
 * Holds the primary still for a dump: one read-only session that locks every table ACCESS SHARE
 * before it takes the snapshot, so that no TRUNCATE, DROP or rewrite comes between the snapshot
 * and the dump's own locks. Reads and writes of others go on.
 */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { displayList, displayQualified } from "./display.ts";
import { lockableTables, lockLate, lockStatements } from "./lock-tables.ts";
import {
  type CatalogueSequence,
  type CatalogueTable,
  listSequences,
  listTables,
  sameTables,
} from "./proof/catalogue.ts";
import type { Session } from "./session.ts";
import { watchBlocked } from "./watch-blocked.ts";
import { interrupted, oneRow, runAll, textOf } from "./with-session.ts";

export interface Freezer {
  readonly snapshot: string;
  /** Write-ahead log position at the snapshot; null where the user may not ask. */
  readonly lsn: string | null;
  /** By the server's clock, ISO 8601. */
  readonly takenAt: string;
  readonly processId: number;
  /** As the snapshot sees them. */
  readonly tables: readonly CatalogueTable[];
  readonly sequences: readonly CatalogueSequence[];
  /** Resolves when the session is gone for any reason. */
  readonly closed: Promise<void>;
  /** Why it let go by itself, if it did: others waited too long for what it holds. */
  gaveWay(): Problem | undefined;
  /** Lets everything go. Safe to call twice. */
  release(): Promise<void>;
}

export interface FreezeOptions {
  readonly signal: AbortSignal;
  /** How long one attempt may wait for each of its locks; `patienceSeconds` unless given. */
  readonly lockSeconds?: number;
  readonly attempts?: number;
  /** How long others may wait for what the drill's sessions hold, from the first lock to release. */
  readonly patienceSeconds?: number;
  note(text: string): void;
}

/** Longest that others may wait for the drill, unless told otherwise. */
export const PATIENCE_SECONDS = 5;
const ATTEMPTS = 3;

export async function freeze(target: Target, options: FreezeOptions): Promise<Result<Freezer>> {
  const opened = await target.connect({
    database: target.summary.database,
    role: "primary",
    purpose: "snapshot",
    patient: true,
  });
  if (!opened.ok) return opened;
  const session = opened.value;
  const onAbort = () => void session.cancel();
  options.signal.addEventListener("abort", onAbort, { once: true });
  const late: Problem[] = [];
  const watcher = await watchBlocked(target, {
    holder: session.processId,
    patienceSeconds: options.patienceSeconds ?? PATIENCE_SECONDS,
    onTooLong: (problem) => void late.push(problem),
    onLetGo: () => void session.close(),
  });
  if (!watcher.ok) {
    options.signal.removeEventListener("abort", onAbort);
    await session.close();
    return watcher;
  }
  const release = async () => {
    await Promise.all([session.close(), watcher.value.stop()]);
  };
  try {
    const frozen = await freezeIn(session, options);
    if (frozen.ok && !options.signal.aborted) {
      return ok({ ...frozen.value, gaveWay: () => late[0], release });
    }
    await release();
    if (options.signal.aborted || frozen.ok) return interrupted();
    return fail(late[0] ?? frozen.problem);
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
}

type Held = Omit<Freezer, "gaveWay" | "release">;

async function freezeIn(session: Session, options: FreezeOptions): Promise<Result<Held>> {
  const attempts = options.attempts ?? ATTEMPTS;
  const lockSeconds = options.lockSeconds ?? options.patienceSeconds ?? PATIENCE_SECONDS;
  let problem: Problem = { code: "failed", message: "The primary could not be held still." };
  const until = performance.now() + lockSeconds * 1000;
  for (let attempt = 1; attempt <= attempts; ) {
    const frozen = await attemptFreeze(session, lockSeconds);
    if (frozen.ok) return frozen;
    problem = frozen.problem;
    const undone = await session.query("ROLLBACK");
    if (!undone.ok) return undone;
    if (options.signal.aborted || !isPassing(problem)) return fail(problem);
    // Where tables come and go all the time, the next attempt may fall between two of them.
    if (isMoment(problem) && performance.now() < until) continue;
    options.note(`Attempt ${attempt} of ${attempts} to hold the tables still: ${problem.message}`);
    attempt += 1;
  }
  const holders = await lockHolders(session);
  return fail({
    code: "failed",
    message: `The tables of the primary could not be locked for reading within ${attempts} attempts${holders}.`,
    hint: "Wait until schema changes on the primary are done, then run the step again.",
    details: problem.details ?? {},
  });
}

async function attemptFreeze(session: Session, lockSeconds: number): Promise<Result<Held>> {
  // Before BEGIN: the first query of a repeatable read transaction would take the snapshot.
  const before = await listTables(session);
  if (!before.ok) return before;
  const begun = await runAll(session, [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    `SET LOCAL lock_timeout = '${Math.round(lockSeconds * 1000)}ms'`,
    "SET LOCAL search_path = pg_catalog",
    ...lockStatements(before.value),
  ]);
  if (!begun.ok) return begun;
  const row = await oneRow(session, SNAPSHOT);
  if (!row.ok) return row;
  const tables = await listTables(session);
  if (!tables.ok) return tables;
  const known = new Set(before.value.map(({ oid }) => oid));
  const late = tables.value.filter(({ oid }) => !known.has(oid));
  if (
    !sameTables(
      before.value,
      tables.value.filter(({ oid }) => known.has(oid)),
    )
  ) {
    return changedMeanwhile();
  }
  const held = await lockLate(session, late);
  if (!held.ok) return held;
  if (!held.value) return changedMeanwhile();
  const sequences = await listSequences(session);
  if (!sequences.ok) return sequences;
  return ok({
    snapshot: textOf(row.value, "snapshot"),
    lsn: row.value.lsn ?? null,
    takenAt: textOf(row.value, "taken_at"),
    processId: session.processId,
    tables: tables.value,
    sequences: sequences.value,
    closed: session.closed,
  });
}

const SNAPSHOT = `SELECT pg_catalog.pg_export_snapshot() AS snapshot,
  (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
    ELSE pg_catalog.pg_current_wal_lsn() END)::text AS lsn,
  pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS taken_at`;

/**
 * Looks at the tables as they are now, from another session and while the freezer still holds
 * them. A Problem when what was frozen did not stay so; else the names of tables made since.
 */
export async function recheckTables(
  session: Session,
  frozen: readonly CatalogueTable[],
): Promise<Result<readonly string[]>> {
  const now = await listTables(session);
  if (!now.ok) return now;
  const locked = lockableTables(frozen);
  const oids = new Set(frozen.map(({ oid }) => oid));
  const lockedOids = new Set(locked.map(({ oid }) => oid));
  const still = now.value.filter(({ oid }) => lockedOids.has(oid));
  if (!sameTables(locked, still)) {
    return fail({
      code: "failed",
      message:
        "Tables were renamed, moved or dropped while the primary was being read, so the reading cannot be trusted.",
      hint: "Wait until schema changes on the primary are done, then run the step again.",
    });
  }
  return ok(
    now.value
      .filter(({ oid }) => !oids.has(oid))
      .map(({ schema, name }) => displayQualified(schema, name)),
  );
}

function changedMeanwhile(): Result<never> {
  return fail({
    code: "failed",
    message: "Tables were made, changed or dropped while they were being locked.",
    hint: "Wait until schema changes on the primary are done, then run the step again.",
    details: { sqlstate: "changed" },
  });
}

/** Lock timeout, deadlock, a table dropped or renamed a moment ago: worth another attempt. */
function isPassing(problem: Problem): boolean {
  return ["55P03", "40P01", "42P01", "3F000", "42809", "changed"].includes(
    problem.details?.sqlstate ?? "",
  );
}

/** Of those, what costs no time to meet again. */
function isMoment(problem: Problem): boolean {
  return ["42P01", "3F000", "changed"].includes(problem.details?.sqlstate ?? "");
}

async function lockHolders(session: Session): Promise<string> {
  const rows = await session.query(`SELECT DISTINCT a.pid::text AS pid,
    coalesce(nullif(a.application_name, ''), a.usename::text, 'unknown') AS who
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    JOIN pg_catalog.pg_class c ON c.oid = l.relation
    WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock'
      AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
      AND a.pid <> pg_catalog.pg_backend_pid()`);
  if (!rows.ok || rows.value.length === 0) return "";
  const names = rows.value.map((row) => `${textOf(row, "who")} (pid ${textOf(row, "pid")})`);
  return `; held exclusively by ${displayList(names)}`;
}
