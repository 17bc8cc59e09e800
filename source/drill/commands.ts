/** What is asked of a drill, in the imperative. Time comes inside. */
import type {
  DrillHeader,
  EnvironmentSummary,
  Failure,
  Instant,
  Resource,
  SignOff,
  StepId,
  StepReport,
} from "./types.ts";

interface At {
  readonly at: Instant;
}

interface OfStep extends At {
  readonly step: StepId;
}

interface OfAttempt extends OfStep {
  readonly attempt: number;
}

/** From an operator, or the answers file that stands in for one. */
export type OperatorCommand =
  | (At & {
      readonly type: "start-drill";
      readonly drill: DrillHeader;
      readonly values: Readonly<Record<string, string>>;
      /** Steps the environment cannot offer, with the reason. */
      readonly notApplicable: Readonly<Record<StepId, string>>;
      /** Optional steps to skip, with the reason. */
      readonly skips: Readonly<Record<StepId, string>>;
    })
  | (At & {
      readonly type: "resume-drill";
      readonly operator: string;
      /** Set when the environment is new (practice), so that nothing done before counts. */
      readonly fresh?: { readonly because: string; readonly environment: EnvironmentSummary };
    })
  | (At & { readonly type: "pause" })
  | (At & { readonly type: "continue" })
  | (OfStep & {
      readonly type: "confirm-step";
      readonly done: boolean;
      readonly note?: string;
      readonly values: Readonly<Record<string, string>>;
    })
  | (OfStep & {
      readonly type: "skip-step";
      readonly reason: string;
      readonly by?: "operator" | "no-operator";
    })
  | (OfStep & { readonly type: "waive-step"; readonly reason: string })
  | (OfStep & { readonly type: "leave-standing"; readonly reason: string })
  | (OfStep & { readonly type: "retry-step" })
  | (At & { readonly type: "record-finding"; readonly text: string; readonly step?: StepId })
  | (At & { readonly type: "keep-resource"; readonly resource: string; readonly reason: string })
  | (At & { readonly type: "retry-cleanup"; readonly resource: string })
  /** No more steps but the `always` ones, then cleanup. */
  | (At & { readonly type: "abort"; readonly reason: string })
  /** A required step failed and nobody will mend it: end with the verdict failed. */
  | (At & { readonly type: "give-up"; readonly reason: string })
  | (At & { readonly type: "sign-off"; readonly signOff: SignOff });

/** From effects. Refused when the attempt they speak of is not the running one. */
export type EffectCommand =
  | (OfStep & { readonly type: "start-step" })
  | (OfStep & { readonly type: "mark-not-applicable"; readonly reason: string })
  | (OfAttempt & { readonly type: "issue-command"; readonly command: string })
  | (OfAttempt & {
      readonly type: "register-resource";
      readonly resource: Omit<Resource, "status" | "reason" | "problem" | "step">;
    })
  | (At & { readonly type: "release-resource"; readonly resource: string; readonly how: string })
  | (OfAttempt & { readonly type: "report-passed"; readonly report: StepReport })
  | (OfAttempt & {
      readonly type: "report-failed";
      readonly report: StepReport;
      readonly failure: Failure;
    })
  | (OfAttempt & {
      readonly type: "report-interrupted";
      readonly report: StepReport;
      readonly reason: string;
    })
  | (At & { readonly type: "start-undo"; readonly resource: string })
  | (At & {
      readonly type: "report-undo-failed";
      readonly resource: string;
      readonly problem: string;
    })
  | (At & { readonly type: "end-drill" })
  | (At & {
      readonly type: "report-signed";
      readonly entry: { readonly id: string; readonly hash: string; readonly log: string };
    })
  | (At & { readonly type: "report-sign-failed"; readonly problem: Failure });

export type DrillCommand = OperatorCommand | EffectCommand;

/** Why a command was not taken. Nothing was written. */
export interface Refusal {
  readonly command: DrillCommand["type"];
  readonly message: string;
  readonly hint?: string;
}
