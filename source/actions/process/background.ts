/**
 * Background processes of this life of the tool, by the id of their ledger resource. After a
 * crash they are gone from here, and the recorded facts must do.
 */
import type { Target } from "../../environment/target.ts";
import type { ProcessOutcome, RunningProcess } from "../../process/process.ts";

export interface BackgroundProcess {
  /** Ends it and all it started; says how it went. Safe to call twice. */
  stop(): Promise<string>;
}

const GRACE_SECONDS = 10;
const byTarget = new WeakMap<Target, Map<string, BackgroundProcess>>();

export function keepInBackground(target: Target, resource: string, running: RunningProcess): void {
  const kept = byTarget.get(target) ?? new Map<string, BackgroundProcess>();
  byTarget.set(target, kept.set(resource, follow(running)));
}

export function inBackground(target: Target, resource: string): BackgroundProcess | undefined {
  return byTarget.get(target)?.get(resource);
}

function follow(running: RunningProcess): BackgroundProcess {
  let ended: ProcessOutcome | undefined;
  void running.exited.then((outcome) => {
    ended = outcome;
  });
  return {
    async stop() {
      // Its pid may belong to somebody else by now, so nothing is signalled after it ended.
      if (ended !== undefined) return `it had already ended (${howItEnded(ended)})`;
      ended = await running.stop(GRACE_SECONDS);
      return "stopped";
    },
  };
}

/** `exit 1`, `SIGKILL`. */
export function howItEnded({ exit, signal }: Pick<ProcessOutcome, "exit" | "signal">): string {
  return exit === null ? (signal ?? "no exit code") : `exit ${exit}`;
}
