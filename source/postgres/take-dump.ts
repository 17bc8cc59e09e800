/**
 * Dumps the primary at one snapshot and, while the dump runs, counts the rows of every table at
 * that same snapshot. Gives up politely when others wait for the locks it holds.
 */
import type { DumpRequest, Target, ToolOutcome, WorkIo } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { displayList, displayQualified } from "./display.ts";
import { type Freezer, freeze, lockStatements, recheckTables } from "./freezer.ts";
import { quoteLiteral } from "./identifiers.ts";
import type { ManifestSequence, ManifestTable } from "./manifest.ts";
import { COMPARING_SETTINGS, countRows } from "./proof/counts.ts";
import { joinReadings, readSequences } from "./proof/sequences.ts";
import type { Session } from "./session.ts";
import { watchBlocked } from "./watch-blocked.ts";
import { runAll, withSession } from "./with-session.ts";

export interface DumpWork {
  readonly request: Omit<DumpRequest, "snapshot">;
  readonly io: WorkIo;
  /** Told the whole request right before the dump starts; awaited. */
  starting(request: DumpRequest): Promise<void>;
  /** How long others may wait for the dump's locks; 10 unless given. */
  readonly patienceSeconds?: number;
}

export interface TakenDump {
  readonly outcome: ToolOutcome;
  readonly snapshot: string;
  readonly lsn: string | null;
  readonly takenAt: string;
  readonly tables: readonly ManifestTable[];
  readonly sequences: readonly ManifestSequence[];
  /** Tables made while the dump ran: neither in the backup nor compared. */
  readonly appeared: readonly string[];
  readonly notCovered: readonly string[];
}

const PATIENCE_SECONDS = 10;

export async function takeDump(target: Target, work: DumpWork): Promise<Result<TakenDump>> {
  const frozen = await freeze(target, {
    signal: work.io.signal,
    note: (text) => work.io.line("note", text),
  });
  if (!frozen.ok) return frozen;
  const freezer = frozen.value;
  work.io.line(
    "note",
    `Snapshot ${freezer.snapshot} of ${freezer.tables.length} tables, taken at ${freezer.takenAt}.`,
  );
  try {
    return await withSession(
      target,
      {
        database: target.summary.database,
        role: "primary",
        purpose: "counting",
        patient: true,
        signal: work.io.signal,
      },
      (session) => dumpFrozen({ target, work, freezer, session }),
    );
  } finally {
    await freezer.release();
  }
}

interface Frozen {
  readonly target: Target;
  readonly work: DumpWork;
  readonly freezer: Freezer;
  readonly session: Session;
}

async function dumpFrozen(frozen: Frozen): Promise<Result<TakenDump>> {
  const { freezer, session } = frozen;
  const before = await readSequences(session, freezer.sequences);
  if (!before.ok) return before;
  const joined = await joinSnapshot(session, freezer);
  if (!joined.ok) return joined;
  const done = await dumpAndCount(frozen);
  if (!done.ok) return done;
  const after = await readSequences(session, freezer.sequences);
  if (!after.ok) return after;
  const appeared = await recheckTables(session, freezer.tables);
  if (!appeared.ok) return appeared;
  return ok({
    ...done.value,
    snapshot: freezer.snapshot,
    lsn: freezer.lsn,
    takenAt: freezer.takenAt,
    sequences: joinReadings(before.value, after.value),
    appeared: appeared.value,
    notCovered: leftOut(freezer, appeared.value),
  });
}

/** Whatever fails first stops the others. */
async function dumpAndCount({
  target,
  work,
  freezer,
  session,
}: Frozen): Promise<Result<Pick<TakenDump, "outcome" | "tables">>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.io.signal, stop.signal]);
  const problems: Problem[] = [];
  const failed = (problem: Problem) => {
    problems.push(problem);
    stop.abort();
  };
  const onStop = () => void session.cancel();
  stop.signal.addEventListener("abort", onStop, { once: true });
  let finished = false;
  void freezer.closed.then(() => {
    if (!finished) failed(snapshotLost());
  });
  const watcher = watchBlocked(target, {
    holder: freezer.processId,
    patienceSeconds: work.patienceSeconds ?? PATIENCE_SECONDS,
    onTooLong: failed,
  });
  const request: DumpRequest = { ...work.request, snapshot: freezer.snapshot };
  try {
    await work.starting(request);
    const [dumped, counted] = await Promise.all([
      target.dump(request, { ...work.io, signal }).then(noting(failed)),
      countAtSnapshot(session, freezer, work.io).then(noting(failed)),
    ]);
    const [first] = problems;
    if (first !== undefined) return fail(first);
    if (!dumped.ok) return dumped;
    return counted.ok ? ok({ outcome: dumped.value, tables: counted.value }) : counted;
  } finally {
    finished = true;
    await watcher.stop();
  }
}

function noting(failed: (problem: Problem) => void) {
  return <T>(result: Result<T>): Result<T> => {
    if (!result.ok) failed(result.problem);
    return result;
  };
}

/**
 * Locks the tables as well, before the dump starts: else a TRUNCATE that waits for the freezer
 * would make the counting wait behind it.
 */
async function joinSnapshot(session: Session, freezer: Freezer): Promise<Result<void>> {
  return runAll(session, [
    ...COMPARING_SETTINGS,
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    `SET TRANSACTION SNAPSHOT ${quoteLiteral(freezer.snapshot)}`,
    "SET LOCAL lock_timeout = '10s'",
    ...lockStatements(freezer.tables),
  ]);
}

async function countAtSnapshot(
  session: Session,
  freezer: Freezer,
  io: WorkIo,
): Promise<Result<readonly ManifestTable[]>> {
  const counted = await countRows(session, freezer.tables, (done) => {
    if (done === freezer.tables.length) io.line("note", "Rows of every table are counted.");
  });
  if (!counted.ok) return counted;
  const ended = await session.query("COMMIT");
  return ended.ok ? counted : ended;
}

function leftOut(freezer: Freezer, appeared: readonly string[]): readonly string[] {
  const named = (label: string, tables: readonly { schema: string; name: string }[]) =>
    tables.length === 0
      ? []
      : [`${label}: ${displayList(tables.map((one) => displayQualified(one.schema, one.name)))}`];
  return [
    ...named(
      "rows of foreign tables, which no dump holds",
      freezer.tables.filter(({ kind }) => kind === "foreign table"),
    ),
    ...named(
      "rows of materialized views, which a restore builds anew",
      freezer.tables.filter(({ kind }) => kind === "materialized view"),
    ),
    ...named(
      "rows of tables that belong to an extension, which a dump leaves to it",
      freezer.tables.filter(({ extensionMember, kind }) => extensionMember && kind === "table"),
    ),
    ...named(
      "sequences this user may not read",
      freezer.sequences.filter(({ readable }) => !readable),
    ),
    ...(appeared.length === 0
      ? []
      : [`tables made while the dump ran, which it does not hold: ${displayList(appeared)}`]),
  ];
}

function snapshotLost(): Problem {
  return {
    code: "failed",
    message: "The session that holds the snapshot was ended, so the dump was stopped.",
    hint: "Look at the server's log for who or what ended it, then run the step again.",
  };
}
