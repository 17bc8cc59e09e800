/** What the engine needs from outside. The composition root plugs the real things in. */
import type { Step } from "../checklist/types.ts";
import type { DrillEvent } from "../drill/events.ts";
import type { DrillState } from "../drill/state.ts";
import type {
  Failure,
  Instant,
  OutputSummary,
  Resource,
  SignOff,
  StepReport,
} from "../drill/types.ts";
import type { Problem, Result } from "../problem.ts";
import type { OutputLine } from "./interface.ts";

/** Append-only; resolves once the event is on disk (fsync). */
export interface JournalPort {
  append(event: DrillEvent): Promise<Result<void>>;
  close(): Promise<void>;
}

/** Spools one attempt's output; lines are cleaned and redacted before they get here. */
export interface SpoolPort {
  open(step: string, attempt: number): Promise<Spool>;
}

export interface Spool {
  write(line: OutputLine): void;
  close(): Promise<OutputSummary>;
}

/** Runs one step of any kind but `confirm`. Never throws for what can happen. */
export interface StepRunner {
  run(step: Step, context: StepRunContext): Promise<StepOutcome>;
  undo(resource: Resource, context: UndoContext): Promise<Result<string>>;
  /** Evaluates `when` and expandability right before the step starts. */
  notApplicable(step: Step, state: DrillState): Promise<string | undefined>;
  /** Text of a human step with its variables expanded. */
  expand(text: string, state: DrillState): string;
}

export interface UndoContext {
  readonly state: DrillState;
  readonly signal: AbortSignal;
  line(stream: OutputLine["stream"], text: string): void;
}

export interface StepRunContext extends UndoContext {
  readonly attempt: number;
  progress(
    label: string,
    done: number,
    total: number | undefined,
    unit: "bytes" | "rows" | "tables",
  ): void;
  command(text: string): Promise<void>;
  register(resource: Omit<Resource, "status" | "reason" | "problem" | "step">): Promise<void>;
  release(resource: string, how: string): Promise<void>;
}

export type StepOutcome =
  | { readonly status: "passed"; readonly report: StepReport }
  | { readonly status: "failed"; readonly report: StepReport; readonly failure: Failure }
  | { readonly status: "interrupted"; readonly report: StepReport; readonly reason: string };

/** Makes the signed log entry. Idempotent for one drill: an existing entry is returned. */
export interface SignerPort {
  sign(
    state: DrillState,
    signOff: SignOff,
    at: Instant,
  ): Promise<Result<{ readonly id: string; readonly hash: string; readonly log: string }>>;
}

export interface EnginePorts {
  readonly journal: JournalPort;
  readonly spool: SpoolPort;
  readonly runner: StepRunner;
  readonly signer: SignerPort;
  readonly clock: () => Instant;
  /** Told when the journal cannot be written: the drill stops where it is. */
  readonly onFatal: (problem: Problem) => void;
}
