/** What a drill amounts to, from its state alone. */
import type { Item } from "../checklist/types.ts";
import { type DrillState, stepRecord, stepsInOrder } from "./state.ts";
import type { StepId, StepState, Verdict } from "./types.ts";

/** A required step waived, or a failed optional one left standing. */
export interface Deviation {
  readonly step: StepId;
  readonly title: string;
  readonly kind: "waived" | "left-standing";
  readonly reason: string;
}

export function deviationsOf(state: DrillState): readonly Deviation[] {
  return stepsInOrder(state.drill?.checklist.sections ?? []).flatMap(({ step }) => {
    const reason = acceptedReason(stepRecord(state, step.id).state);
    if (reason === undefined) return [];
    const kind = step.optional ? "left-standing" : "waived";
    return [{ step: step.id, title: step.title, kind, reason }];
  });
}

function acceptedReason(state: StepState): string | undefined {
  if (state.status === "failed") return state.standing?.reason;
  if (state.status === "skipped" && state.by === "waiver") return state.reason;
  return undefined;
}

/**
 * `failed` outranks `incomplete`: a failure is known, the rest was only not reached. An abort
 * outranks both, because the operator ended it.
 */
export function verdictOf(state: DrillState): Verdict {
  if (state.abort !== undefined) return "aborted";
  const steps = stepsInOrder(state.drill?.checklist.sections ?? []);
  const outcomes = steps.map(({ step }) =>
    outcomeOf(stepRecord(state, step.id).state, step.optional),
  );
  if (outcomes.includes("failed")) return "failed";
  if (outcomes.includes("open")) return "incomplete";
  return deviationsOf(state).length > 0 ? "passed-with-deviations" : "passed";
}

function outcomeOf(state: StepState, optional: boolean): "fine" | "failed" | "open" {
  switch (state.status) {
    case "passed":
      return "fine";
    case "failed":
      return state.standing === undefined ? "failed" : "fine";
    case "skipped":
      return state.by === "not-reached" && !optional ? "open" : "fine";
    case "interrupted":
      return "open";
    default:
      return optional ? "fine" : "open";
  }
}

export type ItemStatus =
  | "pending"
  | "running"
  | "awaiting"
  | "passed"
  | "failed"
  | "interrupted"
  | "skipped"
  | "not-applicable"
  | "deviation"
  | "stale";

/** An item's status is the most telling one of its steps. */
export function itemStatus(item: Item, state: DrillState): ItemStatus {
  const statuses = item.steps.map((step) => stepStatus(stepRecord(state, step.id).state));
  const telling: readonly ItemStatus[] = [
    "running",
    "awaiting",
    "failed",
    "interrupted",
    "stale",
    "deviation",
  ];
  const most = telling.find((status) => statuses.includes(status));
  if (most !== undefined) return most;
  if (statuses.includes("pending")) return "pending";
  if (statuses.includes("passed")) return "passed";
  return statuses.includes("skipped") ? "skipped" : "not-applicable";
}

/** A step's status in one word; accepted failures and waivers are deviations. */
export function stepStatus(state: StepState): ItemStatus {
  if (acceptedReason(state) !== undefined) return "deviation";
  if (state.status === "skipped") {
    return state.by === "not-applicable" ? "not-applicable" : "skipped";
  }
  return state.status;
}
