/**
 * What drivers (the screen, headless mode) see: a launch that leads to a plan, and an engine
 * that runs one drill. Types only.
 */
import type { Checklist, Effects, VariableDeclaration } from "../checklist/types.ts";
import type { OperatorCommand, Refusal } from "../drill/commands.ts";
import type { DrillEvent } from "../drill/events.ts";
import type { RowsRequest, RowValues } from "../drill/row-values.ts";
import type { DrillState } from "../drill/state.ts";
import type { EnvironmentSummary, StepId } from "../drill/types.ts";
import type { Problem, Result } from "../problem.ts";

/** An operator's command without its time: the engine stamps it. */
export type OperatorRequest = WithoutAt<Exclude<OperatorCommand, { type: "start-drill" }>>;
type WithoutAt<T> = T extends unknown ? Omit<T, "at"> : never;

export interface DrillEngine {
  state(): DrillState;
  /** Serialised. Resolves once the events are on disk and folded, not when effects end. */
  dispatch(request: OperatorRequest): Promise<Refusal | undefined>;
  /** Called after each event; returns the unsubscriber. */
  subscribe(listener: (event: DrillEvent, state: DrillState) => void): () => void;
  /** Called at most about ten times a second when output or progress moved. */
  onActivity(listener: () => void): () => void;
  output(step: StepId): OutputView;
  progress(step: StepId): Progress | undefined;
  /** Stops the running step; its outcome becomes unknown and the operator decides what next. */
  interrupt(reason: string): void;
  /**
   * Stops what runs (its outcome becomes unknown), leaves the drill resumable, closes files and
   * sessions. Safe to call twice.
   */
  close(reason: string): Promise<void>;
}

/** The last lines of a step's newest attempt, cleaned and redacted. */
export interface OutputView {
  readonly lines: readonly OutputLine[];
  /** Lines seen in all; `lines` holds the last of them. */
  readonly total: number;
}

export interface OutputLine {
  readonly stream: "stdout" | "stderr" | "note";
  readonly text: string;
}

export interface Progress {
  readonly label: string;
  readonly done: number;
  /** Absent when unknown. */
  readonly total?: number;
  readonly unit: "bytes" | "rows" | "tables" | "steps";
  /** Milliseconds since the work began. */
  readonly elapsedMs: number;
}

/** What will happen, resolved, before anything does. */
export interface Plan {
  readonly checklist: Checklist;
  readonly environment: EnvironmentSummary;
  readonly operator: string;
  readonly restoreDatabase: string;
  /** Where the backup will go, on the host. */
  readonly backupDirectory: string;
  readonly variables: readonly PlanVariable[];
  readonly steps: Readonly<Record<StepId, PlanStep>>;
  /** Set when the environment was read from the working directory, and no configuration says it. */
  readonly found?: readonly FoundSetting[];
  /** Set when beginning means going on with a drill that was left; `state` is where it stands. */
  readonly resumes?: { readonly drill: string; readonly state: DrillState };
}

/** For the operator to confirm. */
export interface FoundSetting {
  readonly key: string;
  /** Masked when secret. */
  readonly value: string;
  /** Where it was found. */
  readonly from: string;
}

export interface PlanVariable {
  readonly declaration: VariableDeclaration;
  /** Masked when secret. */
  readonly value: string;
}

export interface PlanStep {
  /** Set when the environment cannot offer the step. */
  readonly notApplicable?: string;
  /** Commands and statements as far as they are known now, secrets masked. */
  readonly commands: readonly string[];
  /** With variables put in, as far as they are known now. */
  readonly effects?: Effects;
}

/** From process start to a running drill. */
export interface Launch {
  state(): LaunchState;
  subscribe(listener: () => void): () => void;
  /** Resolves when the state is no longer `opening`. */
  opened(): Promise<LaunchState>;
  /** Re-plans with other variables (another restore database name, another format). */
  change(overrides: Readonly<Record<string, string>>): Promise<void>;
  /** Drops a leftover restore database that carries our marker; `typed` must be its name. */
  dropLeftover(typed: string): Promise<Result<string>>;
  /** Keeps what was found as a configuration, and says where. Errors: there is one already. */
  saveFound(): Promise<Result<string>>;
  /** Runs the preflight checks, takes the lock, writes the first journal line. */
  begin(choices: BeginChoices): Promise<Result<DrillEngine>>;
  /**
   * What rows hold now, on the primary and in the restore database: for the screen, and dropped
   * when it shows something else. Errors: the restore database is gone, or not the drill's.
   */
  rowValues(request: RowsRequest): Promise<Result<readonly RowValues[]>>;
  /** Closes the environment. Safe to call twice, also while opening. */
  close(): Promise<void>;
}

export interface BeginChoices {
  readonly operator?: string;
  readonly skips: Readonly<Record<StepId, string>>;
  /** Hears every event from the very first on. */
  readonly listener?: (event: DrillEvent, state: DrillState) => void;
}

export type LaunchState =
  | {
      readonly status: "opening";
      readonly environment: string;
      /** What is being done, newest last. */
      readonly lines: readonly string[];
    }
  /** Cannot go on. */
  | { readonly status: "refused"; readonly problem: Problem }
  /**
   * `problems` are the preflight's; begin() refuses while there are any. A leftover restore
   * database is one whose `details` hold `database`, `owner`, `size`, `connections`, `marker`.
   */
  | { readonly status: "planned"; readonly plan: Plan; readonly problems: readonly Problem[] };
