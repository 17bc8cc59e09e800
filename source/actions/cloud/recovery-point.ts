/** Points in time, and how much work would be lost if a source were lost now (RPO). */
import { z } from "zod";
import { durationSeconds } from "../../checklist/duration.ts";
import { formatDuration } from "../../drill/units.ts";
import type { Problem } from "../../problem.ts";
import { info, judged } from "../outcome.ts";

/** ISO 8601, or in the plan what an earlier step will give. */
export const pointInTime = z
  .string()
  .regex(
    /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)|\$\{\w+\})$/u,
    "not a time such as 2026-11-22T14:30:00Z",
  );

export const objectiveInput = z
  .string()
  .refine((text) => text === "" || durationSeconds(text) !== undefined, "not a duration")
  .default("")
  .describe("Recovery point objective, such as 10m: more than that may not be lost.");

export interface RecoveryPoint {
  readonly seconds: number;
  /** A duration; without one nothing is judged. */
  readonly objective: string;
  readonly observed: string;
}

export function recoveryPoint({ seconds, objective, observed }: RecoveryPoint) {
  const title = "Recovery point (RPO)";
  const limit = durationSeconds(objective);
  return limit === undefined
    ? info(title, observed)
    : judged(title, seconds <= limit, { expected: `at most ${formatDuration(limit)}`, observed });
}

export function tooFarBehind(lost: string, objective: string, hint: string): Problem {
  return {
    code: "failed",
    message: `${lost} of work would be lost, and no more than ${objective} may be.`,
    hint,
  };
}
