import { z } from "zod";
import { formatDuration } from "../../drill/units.ts";
import { fail, ok, type Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { awsInputs, awsShown, rdsName } from "./aws.ts";
import { describeInstance } from "./rds.ts";
import { sourceInstance } from "./rds-source.ts";
import { objectiveInput, pointInTime, recoveryPoint, tooFarBehind } from "./recovery-point.ts";
import { watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...awsInputs,
  instance: rdsName.describe("Identifier of the source instance."),
  since: pointInTime.describe("The point must lie after this: the time of the first manifest."),
  objective: objectiveInput,
  within: withinInput("30m"),
});

type Input = z.output<typeof inputs>;

export const rdsPointAction = defineAction({
  name: "rds/point",
  about:
    "Measures how much work would be lost if the instance were lost now (its recovery point), and waits for a point to restore that the manifests enclose.",
  inputs,
  outputs: { RESTORE_TIME: "The latest point that can be restored." },
  plan: (input) => [awsShown(input, describeInstance(input.instance))],
  run: find,
});

async function find(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(awsShown(input, describeInstance(input.instance)));
  const after = Date.parse(input.since);
  let lost: number | undefined;
  const found = await watch({
    what: `point to restore of ${input.instance}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const source = await sourceInstance(input, input.instance, context.signal);
      if (!source.ok) return source;
      const latest = source.value.LatestRestorableTime;
      if (latest === undefined) return fail(noBackups(input.instance));
      // Only the first look counts: later ones have waited on purpose.
      lost ??= Math.max(0, (Date.now() - Date.parse(latest)) / 1000);
      return Date.parse(latest) >= after
        ? ok({ ready: latest })
        : ok({ status: `the latest is ${latest}` });
    },
  });
  if (!found.ok) return stopped(found.problem);
  const seconds = lost ?? 0;
  const lostNow = formatDuration(seconds);
  const point = recoveryPoint({
    seconds,
    objective: input.objective,
    observed: `${lostNow} of work, if the instance were lost now`,
  });
  const checks = [point, passed("Point to restore", found.value)];
  if (point.status === "failed") {
    const hint = "Look at the instance's load and at its automated backups.";
    return stopped(tooFarBehind(lostNow, input.objective, hint), checks);
  }
  return { ok: true, checks, values: { RESTORE_TIME: found.value } };
}

function noBackups(instance: string): Problem {
  return {
    code: "failed",
    message: `Instance ${instance} has no point in time to restore: its automated backups are off.`,
    hint: "Set its backup retention to a day or more, or drill a snapshot (RESTORE_FROM=snapshot).",
  };
}
