/**
 * What the ledger did after a step had failed to remove things: the step is told as one that took
 * more attempts, the last of them the ledger's. Pure.
 */
import { type DrillState, locateStep, stepRecord, stepsInOrder } from "../drill/state.ts";
import type { Resource, StepId, UndoTry } from "../drill/types.ts";
import type { EntryAttempt } from "./types.ts";

interface Tried {
  readonly resource: Resource;
  readonly tried: UndoTry;
}

/** Tries of the ledger at what this step failed to remove, oldest first. */
function triesFor(state: DrillState, step: StepId): readonly Tried[] {
  const { state: now } = stepRecord(state, step);
  if (now.status !== "failed" || now.standing !== undefined) return [];
  return removedBy(state, step)
    .flatMap((resource) => (resource.tries ?? []).map((tried) => ({ resource, tried })))
    .toSorted((one, other) => one.tried.startedAt.localeCompare(other.tried.startedAt));
}

function removedBy(state: DrillState, remover: StepId): readonly Resource[] {
  return state.resources.filter(({ step }) => locateStep(state, step)?.step.removedBy === remover);
}

export function cleanupAttempts(state: DrillState, step: StepId): readonly EntryAttempt[] {
  const first = stepRecord(state, step).attempts.length + 1;
  return triesFor(state, step).map(({ resource, tried }, index) => ({
    attempt: first + index,
    status: tried.ended?.status ?? "interrupted",
    startedAt: tried.startedAt,
    seconds: secondsBetween(tried),
    commands: [`cleanup of ${resource.label}`],
    ...(tried.ended !== undefined && { message: `${resource.label}: ${tried.ended.told}` }),
  }));
}

/** As it came out: what the ledger removed after its step had failed is removed. */
export function withCleanup(state: DrillState): DrillState {
  const steps = { ...state.steps };
  for (const { step } of stepsInOrder(state.drill?.checklist.sections ?? [])) {
    const tries = triesFor(state, step.id);
    const { state: now, attempts } = stepRecord(state, step.id);
    const gone = removedBy(state, step.id).every(({ status }) => status === "released");
    if (tries.length === 0 || !gone || now.status !== "failed") continue;
    const checks = tries.flatMap(({ resource, tried: { ended } }) =>
      ended?.status === "passed"
        ? [{ title: resource.label, status: "passed" as const, observed: ended.told }]
        : [],
    );
    const report = { ...now.report, checks };
    steps[step.id] = {
      attempts,
      state: {
        status: "passed",
        attempt: now.attempt,
        report,
        startedAt: now.startedAt,
        finishedAt: now.finishedAt,
      },
    };
  }
  return { ...state, steps };
}

function secondsBetween({ startedAt, ended }: UndoTry): number | null {
  if (ended === undefined) return null;
  const milliseconds = Date.parse(ended.at) - Date.parse(startedAt);
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) / 1000 : null;
}
