/** How an RDS instance or snapshot of a drill is found again and deleted. */
import { z } from "zod";
import { ok, type Result } from "../../problem.ts";
import { type AwsPlace, aws, awsInputs, awsShown, rdsName } from "./aws.ts";
import { isAwsCode } from "./aws-problem.ts";
import { findInstance, findSnapshot, tagOf } from "./rds.ts";
import type { Found, Removal } from "./removal.ts";

export const rdsFacts = z.strictObject({
  ...awsInputs,
  what: z.enum(["rds-instance", "rds-snapshot"]),
  name: rdsName,
  drill: z.string().min(1),
});

type Facts = z.output<typeof rdsFacts>;

export function rdsRemoval(recorded: Facts): Removal {
  const words = deleteWords(recorded);
  return {
    name: recorded.name,
    drill: recorded.drill,
    find: (signal) => lookUp(recorded, signal),
    shown: () => awsShown(recorded, words),
    remove: (_found, signal) => aws(recorded, words, signal),
    // RDS refuses while an instance is still being made.
    isPassing: (problem) =>
      isAwsCode(
        problem,
        ...["InvalidDBInstanceState", "InvalidDBSnapshotState", "DBInstanceNotFound"],
        "DBSnapshotNotFound",
      ),
  };
}

async function lookUp(
  { what, name, ...place }: Facts & AwsPlace,
  signal: AbortSignal,
): Promise<Result<Found | undefined>> {
  if (what === "rds-instance") {
    const found = await findInstance(place, name, signal);
    if (!found.ok) return found;
    if (found.value === undefined) return ok(undefined);
    const status = found.value.DBInstanceStatus;
    return ok({ tag: tagOf(found.value), status, deleting: status === "deleting" });
  }
  const found = await findSnapshot(place, name, signal);
  if (!found.ok) return found;
  if (found.value === undefined) return ok(undefined);
  const status = found.value.Status;
  return ok({ tag: tagOf(found.value), status, deleting: status === "deleting" });
}

function deleteWords({ what, name }: Facts): readonly string[] {
  return what === "rds-instance"
    ? [
        ...["rds", "delete-db-instance", "--db-instance-identifier", name],
        ...["--skip-final-snapshot", "--delete-automated-backups"],
      ]
    : ["rds", "delete-db-snapshot", "--db-snapshot-identifier", name];
}
