/** Everything a screen is made from, as it is at one moment. View-models read it and nothing else. */

import type { Checklist } from "../../checklist/types.ts";
import { type DrillState, type LocatedStep, locateStep, stepsInOrder } from "../../drill/state.ts";
import type { StepId } from "../../drill/types.ts";
import type { LaunchState, OutputView, Plan, Progress } from "../../engine/interface.ts";

export interface World {
  readonly launch: LaunchState;
  /** Present once the drill has begun. */
  readonly drill?: DrillState;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When this run of the app began, likewise. */
  readonly openedAt: number;
  readonly operatorDefault: string;
  output(step: StepId): OutputView;
  progress(step: StepId): Progress | undefined;
  /** Variables put into a text; without a drill the text stays as it is. */
  expand(text: string): string;
}

export type ScreenName = "opening" | "refused" | "plan" | "drill" | "result";

export function screenOf(world: World): ScreenName {
  if (world.drill !== undefined) {
    return world.drill.phase === "signed-off" ? "result" : "drill";
  }
  return world.launch.status === "planned" ? "plan" : world.launch.status;
}

export function planOf(world: World): Plan | undefined {
  return world.launch.status === "planned" ? world.launch.plan : undefined;
}

/** Where the drill stands: the one that runs, or the one that was left and is to go on. */
export function standingOf(world: World): DrillState | undefined {
  return world.drill ?? planOf(world)?.resumes?.state;
}

export function isResuming(world: World): boolean {
  return planOf(world)?.resumes !== undefined;
}

export function checklistOf(world: World): Checklist | undefined {
  return world.drill?.drill?.checklist ?? planOf(world)?.checklist;
}

export function orderedSteps(world: World): readonly LocatedStep[] {
  return stepsInOrder(checklistOf(world)?.sections ?? []);
}

export function findStep(world: World, id: StepId): LocatedStep | undefined {
  if (world.drill !== undefined) return locateStep(world.drill, id);
  return orderedSteps(world).find(({ step }) => step.id === id);
}
