/** What the drill is about right now: the step to follow, and what it wants of the operator. */
import { waitingFor } from "../../drill/next.ts";
import {
  currentStep,
  type DrillState,
  type LocatedStep,
  owed,
  stepRecord,
  stepsInOrder,
} from "../../drill/state.ts";
import type { StepId } from "../../drill/types.ts";
import type { UiState } from "../control/ui-state.ts";
import { oneLine } from "../text/width.ts";
import type { World } from "./world.ts";

/** The step the screen follows: what waits, else what runs, else what comes next. */
export function followedStep(drill: DrillState): StepId | undefined {
  const waiting = waitingFor(drill);
  if (waiting?.kind === "operator") return waiting.step;
  const current = currentStep(drill);
  if (current !== undefined) return current.step.id;
  if (drill.phase !== "running") return undefined;
  return stepsInOrder(drill.drill?.checklist.sections ?? []).find(({ step }) => {
    const { status } = stepRecord(drill, step.id).state;
    return status === "pending" || status === "stale";
  })?.step.id;
}

/** The step that can be stopped. */
export function runningStep(drill: DrillState): LocatedStep | undefined {
  const current = currentStep(drill);
  if (current === undefined) return undefined;
  return stepRecord(drill, current.step.id).state.status === "running" ? current : undefined;
}

/** Whether something is going on that a spinner shows. */
export function isBusy(world: World, ui: Pick<UiState, "busy">): boolean {
  if (ui.busy !== undefined || world.launch.status === "opening") return true;
  const { drill } = world;
  return drill !== undefined && drill.phase !== "signed-off" && waitingFor(drill) === undefined;
}

export interface Attention {
  readonly text: string;
  /** What Enter does now; absent when nothing is wanted. */
  readonly act?: string;
  readonly urgent: boolean;
}

/** One sentence for the line above the keys. */
export function attentionOf(drill: DrillState): Attention {
  const waiting = waitingFor(drill);
  switch (waiting?.kind) {
    case "operator":
      return operatorAttention(drill, waiting.step, waiting.why);
    case "cleanup-failed":
      return { text: "A cleanup failed and is still owed.", act: "decide", urgent: true };
    case "paused":
      return { text: "Paused. The next step waits; p goes on.", urgent: true };
    case "sign-off":
      return {
        text: "The drill is over. Sign it off to keep its record.",
        act: "sign off",
        urgent: true,
      };
    case undefined:
      return { text: busyText(drill), urgent: false };
  }
}

function operatorAttention(
  drill: DrillState,
  id: StepId,
  why: "confirm" | "failed" | "failed-optional" | "interrupted",
): Attention {
  const found = stepsInOrder(drill.drill?.checklist.sections ?? []).find(
    ({ step }) => step.id === id,
  );
  const title = oneLine(found?.step.title ?? id);
  switch (why) {
    case "confirm":
      return { text: `Your turn: ${title}`, act: "answer", urgent: true };
    case "interrupted":
      return { text: `Outcome unknown: ${title}`, act: "decide", urgent: true };
    case "failed":
    case "failed-optional":
      return { text: `Failed: ${title}`, act: "decide", urgent: true };
  }
}

function busyText(drill: DrillState): string {
  if (drill.phase === "signing") return "Signing the log entry.";
  if (drill.phase === "signed-off") return "Signed off.";
  const current = currentStep(drill);
  if (current !== undefined) return `Running: ${oneLine(current.step.title)}`;
  const undoing = owed(drill).find(({ status }) => status === "undoing");
  if (undoing !== undefined) return `Cleaning up: ${oneLine(undoing.label)}`;
  return drill.phase === "ending" ? "Ending the drill." : "Getting the next step ready.";
}
