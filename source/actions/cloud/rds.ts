/** Instances and snapshots of RDS as the AWS CLI tells of them. */
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import { type AwsPlace, aws } from "./aws.ts";
import { isAwsCode } from "./aws-problem.ts";
import { DRILL_TAG } from "./drill-tag.ts";

const tags = z.array(z.looseObject({ Key: z.string(), Value: z.string().default("") })).default([]);

const instanceShape = z.looseObject({
  DBInstanceIdentifier: z.string(),
  DBInstanceStatus: z.string(),
  DBInstanceClass: z.string(),
  Engine: z.string(),
  EngineVersion: z.string().default(""),
  AllocatedStorage: z.number().default(0),
  Endpoint: z.looseObject({ Address: z.string(), Port: z.number() }).optional(),
  DBSubnetGroup: z.looseObject({ DBSubnetGroupName: z.string() }).optional(),
  VpcSecurityGroups: z.array(z.looseObject({ VpcSecurityGroupId: z.string() })).default([]),
  DBParameterGroups: z.array(z.looseObject({ DBParameterGroupName: z.string() })).default([]),
  PubliclyAccessible: z.boolean().default(false),
  LatestRestorableTime: z.string().optional(),
  TagList: tags,
});

const snapshotShape = z.looseObject({
  DBSnapshotIdentifier: z.string(),
  DBInstanceIdentifier: z.string(),
  Status: z.string(),
  PercentProgress: z.number().default(0),
  SnapshotCreateTime: z.string().default(""),
  AllocatedStorage: z.number().default(0),
  TagList: tags,
});

export type RdsInstance = z.output<typeof instanceShape>;
export type RdsSnapshot = z.output<typeof snapshotShape>;

export function tagOf({ TagList }: Pick<RdsInstance, "TagList">): string | undefined {
  return TagList.find(({ Key }) => Key === DRILL_TAG)?.Value;
}

export function tagWords(drill: string): readonly string[] {
  return ["--tags", `Key=${DRILL_TAG},Value=${drill}`];
}

export const describeInstance = (name: string) =>
  ["rds", "describe-db-instances", "--db-instance-identifier", name] as const;

export const describeSnapshot = (name: string) =>
  ["rds", "describe-db-snapshots", "--db-snapshot-identifier", name] as const;

export const describeSnapshotsOf = (instance: string) =>
  ["rds", "describe-db-snapshots", "--db-instance-identifier", instance] as const;

/** undefined when there is none of that name. */
export async function findInstance(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<RdsInstance | undefined>> {
  const answer = await aws(place, describeInstance(name), signal);
  if (!answer.ok) {
    return isAwsCode(answer.problem, "DBInstanceNotFound", "DBInstanceNotFoundFault")
      ? ok(undefined)
      : answer;
  }
  const parsed = z.looseObject({ DBInstances: z.array(instanceShape) }).safeParse(answer.value);
  return parsed.success ? ok(parsed.data.DBInstances[0]) : fail(unknownAnswer("instance", name));
}

/** A Problem when there is none of that name. */
export async function existingInstance(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<RdsInstance>> {
  const found = await findInstance(place, name, signal);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  return fail({
    code: "failed",
    message: `There is no RDS instance ${name} in this account and region.`,
    hint: "Check its name, RDS_REGION and the account.",
  });
}

export async function findSnapshot(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<RdsSnapshot | undefined>> {
  const found = await snapshots(place, describeSnapshot(name), signal);
  if (!found.ok) {
    return isAwsCode(found.problem, "DBSnapshotNotFound", "DBSnapshotNotFoundFault")
      ? ok(undefined)
      : found;
  }
  return ok(found.value[0]);
}

/** The newest that is complete. */
export async function newestSnapshot(
  place: AwsPlace,
  instance: string,
  signal: AbortSignal,
): Promise<Result<RdsSnapshot | undefined>> {
  const found = await snapshots(place, describeSnapshotsOf(instance), signal);
  if (!found.ok) return found;
  const age = ({ SnapshotCreateTime }: RdsSnapshot) => Date.parse(SnapshotCreateTime);
  const complete = found.value.filter(({ Status }) => Status === "available");
  return ok(complete.toSorted((a, b) => age(b) - age(a))[0]);
}

async function snapshots(
  place: AwsPlace,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly RdsSnapshot[]>> {
  const answer = await aws(place, words, signal);
  if (!answer.ok) return answer;
  const parsed = z.looseObject({ DBSnapshots: z.array(snapshotShape) }).safeParse(answer.value);
  return parsed.success ? ok(parsed.data.DBSnapshots) : fail(unknownAnswer("snapshots", ""));
}

function unknownAnswer(what: string, name: string) {
  return {
    code: "failed",
    message: `What RDS says of the ${what} ${name} is not understood.`,
    hint: "Run aws rds describe-db-instances by hand and look at what it prints.",
  } as const;
}
