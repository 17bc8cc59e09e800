/** Notices when others wait for locks that a session of the drill holds. */
import type { Target } from "../environment/target.ts";
import type { Problem } from "../problem.ts";
import { display, displayList } from "./display.ts";
import type { Row, Session } from "./session.ts";
import { textOf } from "./with-session.ts";

export interface WatchOptions {
  /** Backend that holds the locks. */
  readonly holder: number;
  readonly patienceSeconds: number;
  /** Called at most once. */
  onTooLong(problem: Problem): void;
}

export interface Watcher {
  stop(): Promise<void>;
}

const INTERVAL_MS = 1000;

const BLOCKED = `SELECT pid::text AS pid, coalesce(nullif(application_name, ''), usename::text, 'unknown') AS who
FROM pg_catalog.pg_stat_activity
WHERE wait_event_type = 'Lock' AND $1::int = ANY (pg_catalog.pg_blocking_pids(pid))`;

/** Watches in a session of its own; one that cannot be opened watches nothing. */
export function watchBlocked(target: Target, options: WatchOptions): Watcher {
  const stopped = new AbortController();
  const running = watch(target, options, stopped.signal);
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

async function watch(target: Target, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const opened = await target.connect({
    database: target.summary.database,
    role: "primary",
    purpose: "watching locks",
  });
  if (!opened.ok) return;
  const since = new Map<string, number>();
  const interval = Math.min(INTERVAL_MS, (options.patienceSeconds * 1000) / 4);
  while (!signal.aborted) {
    const rows = await blocked(opened.value, options.holder);
    const waiting = longest(rows, since);
    if (waiting !== undefined && waiting >= options.patienceSeconds) {
      options.onTooLong(tooLong(rows, options.patienceSeconds));
      break;
    }
    await pause(interval, signal);
  }
  await opened.value.close();
}

async function blocked(session: Session, holder: number): Promise<readonly Row[]> {
  const rows = await session.query(BLOCKED, [holder]);
  return rows.ok ? rows.value : [];
}

/** Seconds the longest of them has been seen waiting; forgets those that wait no more. */
function longest(rows: readonly Row[], since: Map<string, number>): number | undefined {
  const now = performance.now();
  const pids = new Set(rows.map((row) => textOf(row, "pid")));
  for (const pid of since.keys()) if (!pids.has(pid)) since.delete(pid);
  for (const pid of pids) since.set(pid, since.get(pid) ?? now);
  const first = Math.min(...since.values());
  return Number.isFinite(first) ? (now - first) / 1000 : undefined;
}

function tooLong(rows: readonly Row[], seconds: number): Problem {
  const who = rows.map((row) => `${display(textOf(row, "who"))} (pid ${textOf(row, "pid")})`);
  return {
    code: "failed",
    message: `The backup was given up: ${displayList(who)} waited more than ${seconds} s for a lock that the dump holds.`,
    hint: "Run it again when no schema change or maintenance is going on; nothing was changed.",
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
