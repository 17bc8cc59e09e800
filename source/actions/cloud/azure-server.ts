/** Flexible servers and their backups as az tells of them. */
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import { type AzurePlace, az } from "./azure.ts";
import { isAzure } from "./azure-problem.ts";
import { DRILL_TAG } from "./drill-tag.ts";

const serverShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  state: z.string().nullable().default(""),
  version: z.string().nullable().default(""),
  fullyQualifiedDomainName: z.string().nullable().default(null),
  tags: z.record(z.string(), z.string()).nullable().default(null),
  backup: z
    .looseObject({ earliestRestoreDate: z.string().nullable().default(null) })
    .nullable()
    .default(null),
  sku: z.looseObject({ name: z.string() }).nullable().default(null),
  storage: z
    .looseObject({ storageSizeGb: z.number().nullable().default(null) })
    .nullable()
    .default(null),
  network: z
    .looseObject({
      delegatedSubnetResourceId: z.string().nullable().default(null),
      privateDnsZoneArmResourceId: z.string().nullable().default(null),
    })
    .nullable()
    .default(null),
});

const backupShape = z.looseObject({
  name: z.string(),
  completedTime: z.string().nullable().default(null),
});

export type AzureServer = z.output<typeof serverShape>;
export type AzureBackup = z.output<typeof backupShape>;

export const showServer = ({ group }: AzurePlace, name: string) =>
  ["postgres", "flexible-server", "show", "--resource-group", group, "--name", name] as const;

export const listBackups = ({ group }: AzurePlace, name: string) =>
  [
    ...(["postgres", "flexible-server", "backup", "list"] as const),
    ...(["--resource-group", group, "--name", name] as const),
  ] as const;

export function azureTag({ tags }: AzureServer): string | undefined {
  return tags?.[DRILL_TAG];
}

/** undefined when there is none of that name. */
export async function findServer(
  place: AzurePlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<AzureServer | undefined>> {
  const answer = await az(place, showServer(place, name), signal);
  if (!answer.ok) return isAzure(answer.problem, "absent") ? ok(undefined) : answer;
  return understood(serverShape, answer.value, `server ${name}`);
}

export async function sourceServer(
  place: AzurePlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<AzureServer>> {
  const found = await findServer(place, name, signal);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  return fail({
    code: "failed",
    message: `There is no flexible server ${name} in resource group ${place.group}.`,
    hint: "Check its name, AZURE_GROUP and AZURE_SUBSCRIPTION.",
  });
}

export async function backupsOf(
  place: AzurePlace,
  name: string,
  signal: AbortSignal,
): Promise<Result<readonly AzureBackup[]>> {
  const answer = await az(place, listBackups(place, name), signal);
  return answer.ok ? understood(z.array(backupShape), answer.value, `backups of ${name}`) : answer;
}

function understood<T>(shape: z.ZodType<T>, answer: unknown, what: string): Result<T> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return ok(parsed.data);
  return fail({
    code: "failed",
    message: `What az says of the ${what} is not understood.`,
    hint: "Run the same command by hand and look at what it prints.",
  });
}
