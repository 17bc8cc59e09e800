/** Stops a background process: one of this life, or one that an earlier life left running. */
import type { Resource } from "../drill/types.ts";
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { Undoer } from "./action.ts";
import { inBackground } from "./process/background.ts";
import { ours } from "./process/ours.ts";

const TERM_SECONDS = 10;
const KILL_SECONDS = 5;
const POLL_MS = 50;

/** Marks facts of our own `start` steps; others are the target's (an app, maybe a container). */
export const START_STEP = "start-step";

export const processUndoer: Undoer = {
  kind: "process",
  async undo(resource, { target }) {
    const stopped = await stopResource(resource, target);
    return stopped.ok ? { ok: true, how: stopped.value } : stopped;
  },
};

/** Says how it went. Not being there any more is a success. */
export async function stopResource(
  resource: Pick<Resource, "id" | "kind" | "label" | "undo">,
  target: Target,
): Promise<Result<string>> {
  // One that has ended is still there to be removed.
  if (resource.kind === "container") return target.stopProcess(resource.undo);
  const running = inBackground(target, resource.id);
  if (running !== undefined) return ok(await running.stop());
  if (resource.undo.by !== START_STEP) return target.stopProcess(resource.undo);
  return stopByFacts(resource.label, resource.undo);
}

async function stopByFacts(label: string, facts: Resource["undo"]): Promise<Result<string>> {
  if ((await ours(facts)).length === 0) return ok("it had already ended");
  if (await signalUntilGone(facts, "SIGTERM", TERM_SECONDS)) return ok("stopped");
  if (await signalUntilGone(facts, "SIGKILL", KILL_SECONDS)) {
    return ok(`killed, as it did not end within ${TERM_SECONDS} s`);
  }
  const left = (await ours(facts)).join(", ");
  return fail({
    code: "failed",
    message: `${label} does not end, not even when killed (pid ${left}).`,
    hint: "End it by hand, then retry the cleanup.",
  });
}

/** Whether all of it is gone. Who is ours is asked anew each round, as pids are given again. */
async function signalUntilGone(
  facts: Resource["undo"],
  signal: NodeJS.Signals,
  seconds: number,
): Promise<boolean> {
  const until = performance.now() + seconds * 1000;
  const signalled = new Set<number>();
  while (performance.now() < until) {
    const alive = await ours(facts);
    if (alive.length === 0) return true;
    for (const pid of alive) {
      if (!signalled.has(pid)) send(pid, signal);
      signalled.add(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return (await ours(facts)).length === 0;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, or is not ours to signal: the next round tells.
  }
}
