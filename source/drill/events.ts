/** What happened, in the past tense. The journal stores exactly these. */
import type {
  DrillHeader,
  EnvironmentSummary,
  Failure,
  Instant,
  Resource,
  SignOff,
  SkippedBy,
  StepId,
  StepReport,
} from "./types.ts";

export type DrillEvent =
  | {
      readonly type: "drill-started";
      readonly at: Instant;
      readonly drill: DrillHeader;
      /** Variables known at the start: declared, offered by the environment, set by the operator. */
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "drill-resumed";
      readonly at: Instant;
      readonly operator: string;
      /** Set when the environment came up anew (practice): what the drill goes on in. */
      readonly environment?: EnvironmentSummary;
    }
  | { readonly type: "drill-paused"; readonly at: Instant }
  | { readonly type: "drill-continued"; readonly at: Instant }
  | StepEvent
  | ResourceEvent
  | {
      readonly type: "finding-recorded";
      readonly at: Instant;
      readonly text: string;
      readonly step?: StepId;
    }
  | { readonly type: "drill-aborted"; readonly at: Instant; readonly reason: string }
  | { readonly type: "drill-given-up"; readonly at: Instant; readonly reason: string }
  | { readonly type: "drill-ended"; readonly at: Instant }
  | { readonly type: "sign-off-started"; readonly at: Instant; readonly signOff: SignOff }
  | { readonly type: "sign-off-failed"; readonly at: Instant; readonly problem: Failure }
  | {
      readonly type: "drill-signed-off";
      readonly at: Instant;
      readonly entry: { readonly id: string; readonly hash: string; readonly log: string };
    };

export type StepEvent =
  | {
      readonly type: "step-started";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
    }
  | {
      readonly type: "step-awaited";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
    }
  | {
      /** Written before the command runs: the intent is on disk first. */
      readonly type: "command-issued";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
      readonly command: string;
    }
  | {
      readonly type: "step-passed";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
      readonly report: StepReport;
    }
  | {
      readonly type: "step-failed";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
      readonly report: StepReport;
      readonly failure: Failure;
    }
  | {
      /** The outcome is unknown. Never "done". */
      readonly type: "step-interrupted";
      readonly at: Instant;
      readonly step: StepId;
      readonly attempt: number;
      readonly reason: string;
      readonly report: StepReport;
    }
  | {
      readonly type: "step-skipped";
      readonly at: Instant;
      readonly step: StepId;
      readonly by: SkippedBy;
      readonly reason: string;
    }
  | {
      /** A failure accepted with a reason: a deviation. */
      readonly type: "failure-left-standing";
      readonly at: Instant;
      readonly step: StepId;
      readonly reason: string;
    }
  | {
      readonly type: "results-staled";
      readonly at: Instant;
      readonly steps: readonly StepId[];
      readonly because: string;
    };

export type ResourceEvent =
  | {
      readonly type: "resource-registered";
      readonly at: Instant;
      readonly resource: Omit<Resource, "status" | "reason" | "problem" | "tries">;
    }
  | { readonly type: "resource-undo-started"; readonly at: Instant; readonly resource: string }
  | {
      readonly type: "resource-released";
      readonly at: Instant;
      readonly resource: string;
      readonly how: string;
    }
  | {
      readonly type: "resource-undo-failed";
      readonly at: Instant;
      readonly resource: string;
      readonly problem: string;
    }
  | {
      readonly type: "resource-kept";
      readonly at: Instant;
      readonly resource: string;
      readonly reason: string;
    };
