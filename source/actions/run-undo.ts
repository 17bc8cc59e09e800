/** Undoes one thing that a drill made: at its step, at the end, or long after a crash. */

import { stepsInOrder } from "../drill/state.ts";
import type { Resource } from "../drill/types.ts";
import type { StepRunner, UndoContext } from "../engine/ports.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { outputLine } from "./clean-output.ts";
import { drillFacts } from "./drill-facts.ts";
import { createLastLines } from "./process/last-lines.ts";
import { undoers } from "./registry.ts";
import type { RunnerDeps } from "./runner-deps.ts";
import { scriptRequest } from "./script.ts";

export interface Undoing {
  readonly deps: RunnerDeps;
  readonly resource: Resource;
  readonly context: UndoContext;
}

/** Says how it went. */
export async function runUndo(undoing: Undoing): ReturnType<StepRunner["undo"]> {
  const { deps, resource } = undoing;
  try {
    const done = await (resource.kind === "made" ? byScript(undoing) : byFacts(undoing));
    if (done.ok) return ok(deps.redact(done.value));
    return fail({ ...done.problem, message: deps.redact(done.problem.message) });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return fail({
      code: "failed",
      message: deps.redact(`A bug in this tool stopped the undoing of ${resource.label}: ${what}`),
      hint: "Retry it, or undo it by hand.",
    });
  }
}

async function byFacts({ deps, resource, context }: Undoing): Promise<Result<string>> {
  const { drill } = context.state;
  const undoer = (deps.undoers ?? undoers).get(resource.kind);
  if (undoer === undefined || drill === undefined) return fail(nobodyKnows(resource));
  const done = await undoer.undo(resource, {
    target: deps.target,
    drill: drillFacts(drill),
    signal: context.signal,
    secret: (value) => deps.learnSecret?.(value),
    line: (stream, text) => context.line(stream, outputLine(text, deps.redact)),
  });
  return done.ok ? ok(done.how) : done;
}

/** The `undo` of the step that made it, with the variables as they are by now. */
async function byScript({ deps, resource, context }: Undoing): Promise<Result<string>> {
  const { drill } = context.state;
  const maker = stepsInOrder(drill?.checklist.sections ?? [])
    .map(({ step }) => step)
    .find(({ id }) => id === resource.step);
  if (maker?.kind !== "run" || maker.undo === undefined) return fail(nobodyKnows(resource));
  const lines = createLastLines();
  const ran = await deps.processes.run({
    ...scriptRequest(maker.undo, { deps, context }),
    signal: context.signal,
    onLine(stream, text) {
      const safe = outputLine(text, deps.redact);
      lines.add(safe);
      context.line(stream, safe);
    },
  });
  if (!ran.ok) return ran;
  if (ran.value.exit === 0) return ok("removed by the undo of its step");
  if (context.signal.aborted) return fail({ code: "interrupted", message: "It was interrupted." });
  const how = ran.value.exit === null ? "was ended" : `ended with exit code ${ran.value.exit}`;
  return fail({
    code: "failed",
    message: `There may still be ${resource.label}: the undo of step ${maker.id} ${how}${lines.told()}`,
    hint: "Read its output and retry it, or remove it by hand and keep it in the ledger with that reason.",
  });
}

function nobodyKnows({ label }: Resource): Problem {
  return {
    code: "failed",
    message: `Nothing here knows how to undo ${label}.`,
    hint: "Undo it by hand, then keep it in the ledger with that reason.",
  };
}
