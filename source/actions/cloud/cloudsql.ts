/** Instances, backups and operations of Cloud SQL as gcloud tells of them. */
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { DRILL_TAG } from "./drill-tag.ts";
import { type GcpPlace, gcloud } from "./gcloud.ts";
import { isAmbiguous, isHttp } from "./gcloud-problem.ts";

const instanceShape = z.looseObject({
  name: z.string(),
  state: z.string(),
  databaseVersion: z.string(),
  region: z.string(),
  createTime: z.string().default(""),
  ipAddresses: z
    .array(z.looseObject({ type: z.string().default(""), ipAddress: z.string() }))
    .default([]),
  settings: z.looseObject({
    tier: z.string(),
    edition: z.string().optional(),
    dataDiskSizeGb: z.coerce.number().default(10),
    deletionProtectionEnabled: z.boolean().default(false),
    retainBackupsOnDelete: z.boolean().default(false),
    backupConfiguration: z
      .looseObject({ pointInTimeRecoveryEnabled: z.boolean().default(false) })
      .default({ pointInTimeRecoveryEnabled: false }),
    userLabels: z.record(z.string(), z.string()).default({}),
    databaseFlags: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
    ipConfiguration: z
      .looseObject({
        ipv4Enabled: z.boolean().default(false),
        privateNetwork: z.string().optional(),
        authorizedNetworks: z.array(z.looseObject({ value: z.string() })).default([]),
      })
      .default({ ipv4Enabled: false, authorizedNetworks: [] }),
  }),
});

const backupShape = z.looseObject({
  id: z.coerce.string(),
  instance: z.string(),
  status: z.string(),
  description: z.string().default(""),
  startTime: z.string().default(""),
  endTime: z.string().default(""),
});

const operationShape = z.looseObject({
  name: z.string(),
  status: z.string(),
  error: z
    .looseObject({
      errors: z
        .array(z.looseObject({ code: z.string().default(""), message: z.string().default("") }))
        .default([]),
    })
    .optional(),
});

export type CloudSqlInstance = z.output<typeof instanceShape>;
export type CloudSqlBackup = z.output<typeof backupShape>;
export type CloudSqlOperation = z.output<typeof operationShape>;

export function labelOf({ settings }: CloudSqlInstance): string | undefined {
  return settings.userLabels[DRILL_TAG];
}

/** Of the new instance; the project has no other of that name. */
export function restoredName(drill: string): string {
  return `${drill}-restored`;
}

export function isHopeless(state: string): boolean {
  return /^(?:FAILED|SUSPENDED|PENDING_DELETE)$/u.test(state);
}

/** Backups carry no labels; their description is the drill's tag. */
export function describedAs(drill: string): string {
  return `${DRILL_TAG}=${drill}`;
}

export function drillOf({ description }: CloudSqlBackup): string | undefined {
  const start = describedAs("");
  return description.startsWith(start) ? description.slice(start.length) : undefined;
}

export const describeInstance = (name: string) => ["sql", "instances", "describe", name] as const;

export const listBackups = (instance: string) =>
  ["sql", "backups", "list", `--instance=${instance}`] as const;

export const describeOperation = (name: string) => ["sql", "operations", "describe", name] as const;

/** undefined when there is none of that name. */
export async function findInstance(
  place: GcpPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<CloudSqlInstance | undefined>> {
  const answer = await gcloud(place, describeInstance(name), signal);
  if (answer.ok) return understood(instanceShape, answer.value, `instance ${name}`);
  if (isHttp(answer.problem, "404")) return ok(undefined);
  return isAmbiguous(answer.problem)
    ? listed(place, name, { signal, problem: answer.problem })
    : answer;
}

/** Whether one is only not there or also kept from us; what is kept from us is never held for gone. */
async function listed(
  place: GcpPlace,
  name: string,
  { signal, problem }: { readonly signal: AbortSignal; readonly problem: Problem },
): Promise<Result<undefined>> {
  const answer = await gcloud(place, ["sql", "instances", "list", `--filter=name=${name}`], signal);
  if (!answer.ok) return answer;
  const found = z.array(z.looseObject({ name: z.string() })).safeParse(answer.value);
  return found.success && found.data.length === 0 ? ok(undefined) : fail(problem);
}

/** A Problem when there is none of that name. */
export async function existingInstance(
  place: GcpPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<CloudSqlInstance>> {
  const found = await findInstance(place, name, signal);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  return fail({
    code: "failed",
    message: `There is no Cloud SQL instance ${name} in project ${place.project}.`,
    hint: "Check its name and GCP_PROJECT.",
  });
}

/** The newest first. */
export async function backupsOf(
  place: GcpPlace,
  instance: string,
  signal: AbortSignal,
): Promise<Result<readonly CloudSqlBackup[]>> {
  const answer = await gcloud(place, listBackups(instance), signal);
  if (!answer.ok) return answer;
  const parsed = understood(z.array(backupShape), answer.value, `backups of ${instance}`);
  if (!parsed.ok) return parsed;
  const age = ({ endTime }: CloudSqlBackup) => Date.parse(endTime) || Number.POSITIVE_INFINITY;
  return ok(parsed.value.toSorted((a, b) => age(b) - age(a)));
}

export async function operation(
  place: GcpPlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<CloudSqlOperation>> {
  const answer = await gcloud(place, describeOperation(name), signal);
  return answer.ok ? operationIn(answer.value) : answer;
}

export function operationIn(answer: unknown): Result<CloudSqlOperation> {
  return understood(operationShape, answer, "operation");
}

export function understood<T>(shape: z.ZodType<T>, answer: unknown, what: string): Result<T> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return ok(parsed.data);
  return fail({
    code: "failed",
    message: `What gcloud says of the ${what} is not understood.`,
    hint: "Run the same command by hand and look at what it prints.",
  });
}
