import { z } from "zod";
import { fail, ok, type Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { stopped } from "../outcome.ts";
import { describeInstance, existingInstance, understood } from "./cloudsql.ts";
import { cloudSqlName, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { findPoint, objectiveInput, pointInTime } from "./recovery-point.ts";
import { withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  instance: cloudSqlName.describe("Name of the source instance."),
  since: pointInTime.describe("The point must lie after this: the time of the first manifest."),
  objective: objectiveInput,
  within: withinInput("30m"),
});

type Input = z.output<typeof inputs>;

export const cloudSqlPointAction = defineAction({
  name: "cloudsql/point",
  about:
    "Measures how much work would be lost if the Cloud SQL instance were lost now (its recovery point), and waits for a point to restore that the manifests enclose.",
  inputs,
  outputs: { RESTORE_TIME: "The latest point that can be restored." },
  plan: (input) => [
    gcloudShown(input, describeInstance(input.instance)),
    gcloudShown(input, latestTime(input)),
  ],
  run: find,
});

const latestTime = ({ instance }: Input) =>
  ["sql", "instances", "get-latest-recovery-time", instance] as const;

const latestShape = z.looseObject({ latestRecoveryTime: z.iso.datetime() });

async function find(input: Input, context: ActionContext): Promise<ActionResult> {
  const { instance } = input;
  await context.command(gcloudShown(input, describeInstance(instance)));
  const source = await existingInstance(input, instance, context.signal);
  if (!source.ok) return stopped(source.problem);
  const { pointInTimeRecoveryEnabled } = source.value.settings.backupConfiguration;
  if (!pointInTimeRecoveryEnabled) return stopped(withoutPoints(instance));
  await context.command(gcloudShown(input, latestTime(input)));
  return findPoint(
    {
      ...input,
      async latest() {
        const answer = await gcloud(input, latestTime(input), context.signal);
        if (!answer.ok) return answer;
        const parsed = understood(latestShape, answer.value, `latest recovery time of ${instance}`);
        return parsed.ok ? ok(parsed.value.latestRecoveryTime) : fail(parsed.problem);
      },
    },
    context,
  );
}

function withoutPoints(instance: string): Problem {
  return {
    code: "failed",
    message: `Instance ${instance} has no point in time to restore: its point-in-time recovery is off.`,
    hint: "Turn it on, or drill a backup (RESTORE_FROM=backup).",
  };
}
