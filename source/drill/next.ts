/** What comes next. The engine asks after every event and starts what this says. */
import { type DrillState, type LocatedStep, owed, stepRecord, stepsInOrder } from "./state.ts";
import type { Resource, StepId, StepRecord } from "./types.ts";

/** What the drill waits for, when nothing runs. */
export type Waiting =
  | {
      readonly kind: "operator";
      readonly step: StepId;
      readonly why: "confirm" | "failed" | "failed-optional" | "interrupted";
    }
  | { readonly kind: "cleanup-failed"; readonly resource: string }
  | { readonly kind: "paused" }
  | { readonly kind: "sign-off" };

export type NextMove =
  | { readonly kind: "start-step"; readonly step: StepId }
  | { readonly kind: "undo"; readonly resource: string }
  | { readonly kind: "end" }
  | { readonly kind: "sign" }
  | { readonly kind: "wait"; readonly for: Waiting }
  /** An effect runs and will report. */
  | { readonly kind: "busy" }
  | { readonly kind: "nothing" };

export function nextMove(state: DrillState): NextMove {
  switch (state.phase) {
    case "unstarted":
    case "signed-off":
      return { kind: "nothing" };
    case "ended":
      return { kind: "wait", for: { kind: "sign-off" } };
    case "signing":
      return { kind: "sign" };
    case "running":
      return nextWhileRunning(state);
    case "ending":
      return nextWhileEnding(state);
  }
}

export function waitingFor(state: DrillState): Waiting | undefined {
  const move = nextMove(state);
  return move.kind === "wait" ? move.for : undefined;
}

function nextWhileRunning(state: DrillState): NextMove {
  const steps = stepsInOrder(state.drill?.checklist.sections ?? []);
  for (const located of steps) {
    const move = moveFor(located, stepRecord(state, located.step.id));
    if (move === undefined) continue;
    return state.paused && move.kind === "start-step"
      ? { kind: "wait", for: { kind: "paused" } }
      : move;
  }
  return nextCleanup(state);
}

function moveFor({ step }: LocatedStep, record: StepRecord): NextMove | undefined {
  switch (record.state.status) {
    case "pending":
    case "stale":
      return { kind: "start-step", step: step.id };
    case "running":
      return { kind: "busy" };
    case "awaiting":
      return waitForOperator(step.id, "confirm");
    case "interrupted":
      return waitForOperator(step.id, "interrupted");
    case "failed":
      if (record.state.standing !== undefined) return undefined;
      return waitForOperator(step.id, step.optional ? "failed-optional" : "failed");
    case "passed":
    case "skipped":
      return undefined;
  }
}

function waitForOperator(
  step: StepId,
  why: Extract<Waiting, { kind: "operator" }>["why"],
): NextMove {
  return { kind: "wait", for: { kind: "operator", step, why } };
}

/**
 * Only `always` steps still run; a failing one does not stop the cleanup. What people made, people
 * have to remove or to leave with a reason: that is waited for.
 */
function nextWhileEnding(state: DrillState): NextMove {
  const steps = stepsInOrder(state.drill?.checklist.sections ?? []);
  const status = (id: StepId) => stepRecord(state, id).state.status;
  if (steps.some(({ step }) => status(step.id) === "running")) return { kind: "busy" };
  for (const located of steps) {
    const { step } = located;
    if (!step.always || (step.kind === "confirm" && !removesSomething(state, step.id))) continue;
    const move = moveFor(located, stepRecord(state, step.id));
    if (move?.kind === "start-step" || (move !== undefined && step.kind === "confirm")) return move;
  }
  return nextCleanup(state);
}

/** A step that names this one as its remover was begun. */
function removesSomething(state: DrillState, id: StepId): boolean {
  return stepsInOrder(state.drill?.checklist.sections ?? []).some(({ step }) => {
    if (step.removedBy !== id) return false;
    const record = stepRecord(state, step.id);
    return record.attempts.length > 0 || record.state.status === "awaiting";
  });
}

/** Last made, first undone. */
function nextCleanup(state: DrillState): NextMove {
  const due: readonly Resource[] = owed(state);
  if (due.some(({ status }) => status === "undoing")) return { kind: "busy" };
  const untried = due.filter(({ problem }) => problem === undefined).at(-1);
  if (untried !== undefined) return { kind: "undo", resource: untried.id };
  const stuck = due.at(-1);
  if (stuck !== undefined) {
    return { kind: "wait", for: { kind: "cleanup-failed", resource: stuck.id } };
  }
  return { kind: "end" };
}
