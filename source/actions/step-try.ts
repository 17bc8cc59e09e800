/** One try of a step: what every kind of step is given, and how it answers. */
import type { Check, StepReport } from "../drill/types.ts";
import type { StepOutcome, StepRunContext } from "../engine/ports.ts";
import type { Problem } from "../problem.ts";
import type { RunnerDeps } from "./runner-deps.ts";

export interface Try {
  readonly deps: RunnerDeps;
  /** Its lines and commands come out cleaned and redacted. */
  readonly context: StepRunContext;
  /** Ends when the operator cancels or the time of this try is up. */
  readonly signal: AbortSignal;
}

export function report(parts: Partial<StepReport> = {}): StepReport {
  return { checks: [], values: {}, measurements: {}, ...parts };
}

export function failed(problem: Problem, parts: Partial<StepReport> = {}): StepOutcome {
  const { message, hint } = problem;
  return {
    status: "failed",
    report: report(parts),
    failure: hint === undefined ? { message } : { message, hint },
  };
}

export function interrupted(signal: AbortSignal, parts: Partial<StepReport> = {}): StepOutcome {
  const reason = typeof signal.reason === "string" ? signal.reason : "It was cancelled.";
  return { status: "interrupted", report: report(parts), reason };
}

export function failedChecks(checks: readonly Check[]): string {
  return checks
    .filter(({ status }) => status === "failed")
    .map(({ title, expected, observed }) =>
      expected === undefined
        ? `${title}: ${observed}`
        : `${title} was ${observed}, expected ${expected}`,
    )
    .join("; ");
}
