/** Points in time, and how much work would be lost if a source were lost now (RPO). */
import { z } from "zod";
import { durationSeconds } from "../../checklist/duration.ts";
import { formatDuration } from "../../drill/units.ts";
import { ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { info, judged, passed, stopped } from "../outcome.ts";
import { watch } from "./watch.ts";

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

export interface LatestPoint {
  readonly instance: string;
  /** ISO time; the point must not lie before it. */
  readonly since: string;
  readonly objective: string;
  readonly within: number;
  /** The latest point that can be restored now, as the provider tells. */
  latest(): Promise<Result<string>>;
}

/** Measures the recovery point, then waits for one that lies late enough. */
export async function findPoint(
  wanted: LatestPoint,
  context: ActionContext,
): Promise<ActionResult> {
  const { instance, objective } = wanted;
  const after = Date.parse(wanted.since);
  let lost: number | undefined;
  const found = await watch({
    what: `point to restore of ${instance}`,
    withinSeconds: wanted.within,
    io: context,
    async look() {
      const latest = await wanted.latest();
      if (!latest.ok) return latest;
      // Only the first look counts: later ones have waited on purpose.
      lost ??= Math.max(0, (Date.now() - Date.parse(latest.value)) / 1000);
      return Date.parse(latest.value) >= after
        ? ok({ ready: latest.value })
        : ok({ status: `the latest is ${latest.value}` });
    },
  });
  if (!found.ok) return stopped(found.problem);
  const seconds = lost ?? 0;
  const lostNow = formatDuration(seconds);
  const observed = `${lostNow} of work, if the instance were lost now`;
  const point = recoveryPoint({ seconds, objective, observed });
  const checks = [point, passed("Point to restore", found.value)];
  if (point.status === "failed") {
    const hint = "Look at the instance's load and at its automated backups.";
    return stopped(tooFarBehind(lostNow, objective, hint), checks);
  }
  return { ok: true, checks, values: { RESTORE_TIME: found.value } };
}
