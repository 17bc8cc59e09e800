import { z } from "zod";
import { formatBytes } from "../../drill/units.ts";
import { isLoopback } from "../../postgres/connection.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, judged, stopped, warning } from "../outcome.ts";
import { awsInputs, awsShown, rdsName } from "./aws.ts";
import { describeInstance, existingInstance, type RdsInstance } from "./rds.ts";
import { costOfCopy, notToBeDrilled } from "./source-told.ts";

const inputs = z.strictObject({
  ...awsInputs,
  instance: rdsName.describe("Identifier of the source instance."),
});

type Input = z.output<typeof inputs>;

export const rdsSourceAction = defineAction({
  name: "rds/source",
  about: "Makes sure that the named RDS instance is the primary of this environment, and is up.",
  inputs,
  outputs: { SOURCE_CLASS: "Instance class of the source." },
  plan: (input) => [awsShown(input, describeInstance(input.instance))],
  run: look,
});

async function look(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(awsShown(input, describeInstance(input.instance)));
  const found = await existingInstance(input, input.instance, context.signal);
  if (!found.ok) return stopped(found.problem);
  const source = found.value;
  return concluded(
    {
      checks: [
        judged("Engine", source.Engine === "postgres", {
          expected: "postgres",
          observed: `${source.Engine} ${source.EngineVersion}`.trim(),
        }),
        judged("Status", source.DBInstanceStatus === "available", {
          expected: "available",
          observed: source.DBInstanceStatus,
        }),
        addressCheck(source, context),
        costOfCopy(source.DBInstanceClass, formatBytes(source.AllocatedStorage * 1024 ** 3)),
      ],
      values: { SOURCE_CLASS: source.DBInstanceClass },
    },
    notToBeDrilled("Instance", input.instance),
  );
}

/** A tunnel ends at this host: there, only the proof tells whether it is the right instance. */
function addressCheck({ Endpoint }: RdsInstance, { target }: ActionContext) {
  const { PRIMARY_HOST = "", PRIMARY_PORT = "" } = target.variables;
  const expected = `${PRIMARY_HOST}:${PRIMARY_PORT}`;
  const observed = Endpoint === undefined ? "none" : `${Endpoint.Address}:${Endpoint.Port}`;
  const title = "Endpoint";
  const tunnel = isLoopback(PRIMARY_HOST) && !isLoopback(Endpoint?.Address ?? "");
  return tunnel && observed !== expected
    ? warning(title, `${observed}; this environment goes through ${expected}`, expected)
    : judged(title, observed.toLowerCase() === expected.toLowerCase(), { expected, observed });
}
