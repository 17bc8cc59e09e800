import { z } from "zod";
import { fail, ok, type Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { awsInputs, awsShown, rdsName } from "./aws.ts";
import { describeInstance, existingInstance } from "./rds.ts";
import { findPoint, objectiveInput, pointInTime } from "./recovery-point.ts";
import { withinInput } from "./watch.ts";

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
  const { instance } = input;
  await context.command(awsShown(input, describeInstance(instance)));
  return findPoint(
    {
      ...input,
      async latest() {
        const source = await existingInstance(input, instance, context.signal);
        if (!source.ok) return source;
        const latest = source.value.LatestRestorableTime;
        return latest === undefined ? fail(noBackups(instance)) : ok(latest);
      },
    },
    context,
  );
}

function noBackups(instance: string): Problem {
  return {
    code: "failed",
    message: `Instance ${instance} has no point in time to restore: its automated backups are off.`,
    hint: "Set its backup retention to a day or more, or drill a snapshot (RESTORE_FROM=snapshot).",
  };
}
