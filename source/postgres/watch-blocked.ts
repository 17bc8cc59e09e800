/**
 * Notices when others wait for locks that the drill's sessions hold, and lets go: the application
 * comes first. Looks at locks rather than at activity, which hides other users' waits.
 */
import type { Target } from "../environment/target.ts";
import { ok, type Problem, type Result } from "../problem.ts";
import { display, displayList } from "./display.ts";
import type { Row, Session } from "./session.ts";
import { numberOf, textOf } from "./with-session.ts";

export interface WatchOptions {
  /** Backend that holds the locks; sessions of the drill that began after it are watched as well. */
  readonly holder: number;
  /** How long others may wait. */
  readonly patienceSeconds: number;
  /** Called at most once, right before the drill's sessions are ended on the server; also when it cannot watch. */
  onTooLong(problem: Problem): void;
  /** Called right after that: the holder must live until then, since the others are known by it. */
  onLetGo?(): void;
}

export interface Watcher {
  stop(): Promise<void>;
}

const INTERVAL_MS = 500;

/** The holder and what the drill opened after it: counting, the dump and its workers. */
const OURS = `ours AS (SELECT a.pid FROM pg_catalog.pg_stat_activity a
  WHERE a.pid = $1::int OR (a.pid <> pg_catalog.pg_backend_pid()
    AND a.datname = pg_catalog.current_database() AND a.usename = current_user
    AND a.application_name ~ '^(restore-drill |pg_dump)'
    AND a.backend_start >= (SELECT h.backend_start FROM pg_catalog.pg_stat_activity h WHERE h.pid = $1::int)))`;

/** Those who wait for us, and those who wait behind them. `waitstart` is known since 14. */
const BLOCKED = `WITH RECURSIVE ${OURS},
  waiting AS (SELECT l.pid, pg_catalog.min((pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz) AS since,
      pg_catalog.pg_blocking_pids(l.pid) AS blockers
    FROM pg_catalog.pg_locks l
    WHERE NOT l.granted AND l.pid NOT IN (SELECT pid FROM ours) AND l.pid <> pg_catalog.pg_backend_pid()
    GROUP BY l.pid),
  blocked AS (SELECT w.pid, w.since FROM waiting w WHERE w.blockers && (SELECT pg_catalog.array_agg(pid) FROM ours)
    UNION SELECT w.pid, w.since FROM waiting w JOIN blocked b ON b.pid = ANY (w.blockers))
SELECT b.pid::text AS pid, coalesce(a.usename::text, 'unknown') AS username,
  coalesce(nullif(a.application_name, ''), 'an application without a name') AS application,
  pg_catalog.upper(pg_catalog.substring(a.query, '^[[:space:](]*([[:alpha:]]+(?:[[:space:]]+(?:TABLE|INDEX|VIEW|SCHEMA|TYPE|SEQUENCE|MATERIALIZED))?)')) AS kind,
  pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - b.since)::text AS seconds
FROM blocked b LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
ORDER BY b.since NULLS LAST, b.pid`;

const LET_GO = `WITH ${OURS} SELECT pg_catalog.pg_terminate_backend(pid)::text AS ended FROM ours`;

/** Watches in a session of its own; `stop` waits until that is closed. Errors: it cannot be opened. */
export async function watchBlocked(
  target: Target,
  options: WatchOptions,
): Promise<Result<Watcher>> {
  const stopped = new AbortController();
  const opened = await target.connect({
    database: target.summary.database,
    role: "primary",
    purpose: "watching locks",
  });
  if (!opened.ok) return opened;
  const running = watch(opened.value, options, stopped.signal);
  return ok({
    async stop() {
      stopped.abort();
      await running;
    },
  });
}

async function watch(session: Session, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { patienceSeconds, holder } = options;
  const since = new Map<string, number>();
  const interval = Math.min(INTERVAL_MS, (patienceSeconds * 1000) / 4);
  while (!signal.aborted) {
    const rows = await session.query(BLOCKED, [holder]);
    if (!rows.ok) {
      if (signal.aborted) break;
      options.onTooLong(unwatched(rows.problem));
      options.onLetGo?.();
      break;
    }
    if (longest(rows.value, since) >= patienceSeconds) {
      options.onTooLong(tooLong(rows.value, patienceSeconds));
      await session.query(LET_GO, [holder]);
      options.onLetGo?.();
      break;
    }
    await pause(interval, signal);
  }
  await session.close();
}

/** Seconds the longest of them waits, by the server or by what was seen; 0 when nobody does. */
function longest(rows: readonly Row[], since: Map<string, number>): number {
  const now = performance.now();
  const pids = new Set(rows.map((row) => textOf(row, "pid")));
  for (const pid of since.keys()) if (!pids.has(pid)) since.delete(pid);
  const waits = rows.map((row) => {
    const pid = textOf(row, "pid");
    const first = since.get(pid) ?? now;
    since.set(pid, first);
    const told = numberOf(row, "seconds");
    return Math.max((now - first) / 1000, Number.isFinite(told) ? told : 0);
  });
  return Math.max(0, ...waits);
}

/** The kind of statement, never its text: that may hold values. */
function tooLong(rows: readonly Row[], seconds: number): Problem {
  const who = rows.map((row) => {
    const kind = textOf(row, "kind");
    const what = kind === "" ? "" : `, ${kind}`;
    return `${display(textOf(row, "application"))} (user ${display(textOf(row, "username"))}, pid ${textOf(row, "pid")}${what})`;
  });
  return {
    code: "failed",
    message: `The backup was given up: ${displayList(who)} waited more than ${seconds} s for a lock that the dump holds. The locks were let go; nothing was changed.`,
    hint: "Retry the step when no schema change or maintenance is going on, or allow more with FREEZE_BUDGET.",
    details: { sqlstate: "gave-way" },
  };
}

/** Locks that nobody watches could make the application wait for as long as the dump takes. */
function unwatched({ message }: Problem): Problem {
  return {
    code: "failed",
    message: `The backup was given up: whether others wait for its locks could not be seen any more. ${message}`,
    hint: "Retry the step; look at the server's log for who or what ended the session.",
    details: { sqlstate: "gave-way" },
  };
}

/** Resolves early on an abort. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
