import { z } from "zod";
import { isLoopback } from "../../postgres/connection.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, judged, stopped, warning } from "../outcome.ts";
import { type CloudSqlInstance, describeInstance, existingInstance } from "./cloudsql.ts";
import { cloudSqlName, gcloudShown, gcpInputs } from "./gcloud.ts";
import { costOfCopy, notToBeDrilled } from "./source-told.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  instance: cloudSqlName.describe("Name of the source instance."),
});

type Input = z.output<typeof inputs>;

export const cloudSqlSourceAction = defineAction({
  name: "cloudsql/source",
  about:
    "Makes sure that the named Cloud SQL instance is the primary of this environment, and is up.",
  inputs,
  outputs: {
    SOURCE_NETWORK:
      "PRIVATE or PRIMARY (public): the kind of address that the source is reached by.",
  },
  plan: (input) => [gcloudShown(input, describeInstance(input.instance))],
  run: look,
});

async function look(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(gcloudShown(input, describeInstance(input.instance)));
  const found = await existingInstance(input, input.instance, context.signal);
  if (!found.ok) return stopped(found.problem);
  const { databaseVersion, state, settings } = found.value;
  const { check, network } = address(found.value, context);
  return concluded(
    {
      checks: [
        judged("Engine", databaseVersion.startsWith("POSTGRES_"), {
          expected: "POSTGRES",
          observed: databaseVersion,
        }),
        judged("State", state === "RUNNABLE", { expected: "RUNNABLE", observed: state }),
        check,
        costOfCopy(settings.tier, `${settings.dataDiskSizeGb} GB`),
      ],
      values: { SOURCE_NETWORK: network },
    },
    notToBeDrilled("Instance", input.instance),
  );
}

/** A proxy ends at this host: there, only the proof tells whether it is the right instance. */
function address({ ipAddresses }: CloudSqlInstance, { target }: ActionContext) {
  const { PRIMARY_HOST = "" } = target.variables;
  const title = "Address";
  const own = ipAddresses.find(({ ipAddress }) => ipAddress === PRIMARY_HOST);
  const observed = ipAddresses.map(({ ipAddress }) => ipAddress).join(", ") || "none";
  const proxy =
    isLoopback(PRIMARY_HOST) && ipAddresses.every(({ ipAddress }) => !isLoopback(ipAddress));
  return {
    network: own?.type ?? "",
    check:
      own === undefined && proxy
        ? warning(title, `${observed}; this environment goes through ${PRIMARY_HOST}`, PRIMARY_HOST)
        : judged(title, own !== undefined, { expected: PRIMARY_HOST, observed }),
  };
}
