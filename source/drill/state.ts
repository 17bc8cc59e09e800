/** Everything known of one drill, folded from its events. */
import type { Item, Section, Step } from "../checklist/types.ts";
import type {
  DrillHeader,
  Failure,
  Finding,
  Instant,
  Resource,
  SignOff,
  StepId,
  StepRecord,
} from "./types.ts";

export interface DrillState {
  readonly phase: Phase;
  /** Absent before `drill-started`. */
  readonly drill?: DrillHeader;
  readonly values: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<StepId, StepRecord>>;
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  readonly paused: boolean;
  readonly resumes: readonly { readonly at: Instant; readonly operator: string }[];
  readonly abort?: { readonly reason: string; readonly at: Instant };
  /** Ended early because a required step failed and nobody mended it. */
  readonly givenUp?: { readonly reason: string; readonly at: Instant };
  readonly endedAt?: Instant;
  readonly signOff?: SignOff;
  readonly signOffProblem?: Failure;
  readonly entry?: { readonly id: string; readonly hash: string; readonly log: string };
}

/**
 * `running`: steps go on. `ending`: only `always` steps and cleanup. `ended`: nothing runs, the
 * sign-off is open. `signing`: the log entry is being made. `signed-off`: done.
 */
export type Phase = "unstarted" | "running" | "ending" | "ended" | "signing" | "signed-off";

export const UNSTARTED: DrillState = {
  phase: "unstarted",
  values: {},
  steps: {},
  resources: [],
  findings: [],
  paused: false,
  resumes: [],
};

const PENDING: StepRecord = { state: { status: "pending" }, attempts: [] };

export interface LocatedStep {
  readonly section: Section;
  readonly item: Item;
  readonly step: Step;
}

/** Every step in the order it runs. */
export function stepsInOrder(sections: readonly Section[]): readonly LocatedStep[] {
  return sections.flatMap((section) =>
    section.items.flatMap((item) => item.steps.map((step) => ({ section, item, step }))),
  );
}

export function locateStep(state: DrillState, id: StepId): LocatedStep | undefined {
  return stepsInOrder(state.drill?.checklist.sections ?? []).find(({ step }) => step.id === id);
}

export function stepRecord(state: DrillState, id: StepId): StepRecord {
  return state.steps[id] ?? PENDING;
}

/** Resources whose undoing is still owed. */
export function owed(state: DrillState): readonly Resource[] {
  return state.resources.filter(({ status }) => status === "owed" || status === "undoing");
}

/** The step that is running or waiting for the operator, if any. */
export function currentStep(state: DrillState): LocatedStep | undefined {
  return stepsInOrder(state.drill?.checklist.sections ?? []).find(({ step }) => {
    const { status } = stepRecord(state, step.id).state;
    return status === "running" || status === "awaiting";
  });
}
