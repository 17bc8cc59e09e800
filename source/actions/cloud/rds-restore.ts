import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { aws, awsInputs, awsShown, rdsName } from "./aws.ts";
import { isAwsCode } from "./aws-problem.ts";
import { cloudResource } from "./ledger.ts";
import { existingInstance, findInstance, type RdsInstance, tagOf, tagWords } from "./rds.ts";
import { pointInTime } from "./recovery-point.ts";

const inputs = z.strictObject({
  ...awsInputs,
  source: rdsName.describe("Identifier of the source instance; never restored into."),
  snapshot: z
    .union([z.literal(""), rdsName])
    .default("")
    .describe("Snapshot to restore; or:"),
  time: z
    .union([z.literal(""), pointInTime])
    .default("")
    .describe("Point in time to restore."),
  class: z
    .string()
    .regex(/^(?:db\.[a-z0-9.-]+)?$/u, "not a class such as db.t4g.medium")
    .default("")
    .describe("Instance class of the new instance; the source's unless given."),
});

type Input = z.output<typeof inputs>;

export const rdsRestoreAction = defineAction({
  name: "rds/restore",
  about:
    "Restores a snapshot or a point in time into a new RDS instance that carries this drill's tag, in the network of the source. The source stays as it is.",
  inputs,
  outputs: {
    INSTANCE_ID: "Identifier of the new instance.",
    RESTORE_STARTED: "When the restore was asked for.",
  },
  plan: (input) => [
    `${awsShown(input, [...restoreWords(input, nameOf("DRILL_ID")), ...tagWords("DRILL_ID")])}  -- with the class, subnets, security groups and parameters of ${input.source}`,
  ],
  run: restore,
});

function nameOf(drill: string): string {
  return `${drill}-restored`;
}

function restoreWords({ source, snapshot, time }: Input, name: string): readonly string[] {
  return snapshot !== ""
    ? [
        ...["rds", "restore-db-instance-from-db-snapshot", "--db-instance-identifier", name],
        ...["--db-snapshot-identifier", snapshot],
      ]
    : [
        ...["rds", "restore-db-instance-to-point-in-time", "--target-db-instance-identifier", name],
        ...["--source-db-instance-identifier", source, "--restore-time", time],
      ];
}

/** As the source is, but one of it, and nothing that keeps it from being deleted. */
function likeSource(source: RdsInstance, chosen: string): readonly string[] {
  const groups = source.VpcSecurityGroups.map((group) => group.VpcSecurityGroupId);
  const subnets = source.DBSubnetGroup?.DBSubnetGroupName;
  const parameters = source.DBParameterGroups[0]?.DBParameterGroupName;
  return [
    ...["--db-instance-class", chosen === "" ? source.DBInstanceClass : chosen],
    ...(source.Endpoint === undefined ? [] : ["--port", String(source.Endpoint.Port)]),
    ...(subnets === undefined ? [] : ["--db-subnet-group-name", subnets]),
    ...(groups.length === 0 ? [] : ["--vpc-security-group-ids", ...groups]),
    ...(parameters === undefined ? [] : ["--db-parameter-group-name", parameters]),
    source.PubliclyAccessible ? "--publicly-accessible" : "--no-publicly-accessible",
    ...["--no-multi-az", "--no-deletion-protection"],
  ];
}

async function restore(input: Input, context: ActionContext): Promise<ActionResult> {
  const drill = context.drill.id;
  const name = nameOf(drill);
  const problem = inputProblem(input, name);
  if (problem !== undefined) return stopped(problem);
  const source = await existingInstance(input, input.source, context.signal);
  if (!source.ok) return stopped(source.problem);
  const words = [
    ...restoreWords(input, name),
    ...likeSource(source.value, input.class),
    ...tagWords(drill),
  ];
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(cloudResource("rds-instance", name, { place: input, drill }));
  await context.command(awsShown(input, words));
  const startedAt = new Date().toISOString();
  const made = await aws(input, words, context.signal);
  if (!made.ok) {
    const again = isAwsCode(made.problem, "DBInstanceAlreadyExists");
    const ours = again ? await isOurs(input, name, context) : fail(made.problem);
    if (!ours.ok) return stopped(ours.problem);
  }
  return {
    ok: true,
    checks: [
      passed("Being restored", `into ${name}, tagged with ${drill}`),
      info(
        "From",
        input.snapshot === "" ? `the point ${input.time}` : `snapshot ${input.snapshot}`,
      ),
    ],
    values: { INSTANCE_ID: name, RESTORE_STARTED: startedAt },
  };
}

function inputProblem({ source, snapshot, time }: Input, name: string): Problem | undefined {
  if ((snapshot === "") === (time === "")) {
    return {
      code: "invalid",
      message: "A restore needs a snapshot or a point in time, and not both.",
      hint: "Give rds/restore one of `snapshot` and `time`.",
    };
  }
  if (name !== source.toLowerCase()) return undefined;
  return {
    code: "refused",
    message: `${name} is the source itself; it is never restored into.`,
    hint: "Name another source.",
  };
}

/** An earlier attempt of this step may have made it. */
async function isOurs(
  input: Input,
  name: string,
  { drill, signal }: ActionContext,
): Promise<Result<null>> {
  const found = await findInstance(input, name, signal);
  if (!found.ok) return found;
  if (found.value !== undefined && tagOf(found.value) === drill.id) return ok(null);
  return fail({
    code: "refused",
    message: `Instance ${name} was there already and does not carry this drill's tag.`,
    hint: "Find out whose it is; it was not touched.",
  });
}
