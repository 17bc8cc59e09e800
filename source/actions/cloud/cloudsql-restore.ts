import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import {
  type CloudSqlInstance,
  existingInstance,
  findInstance,
  isHopeless,
  labelOf,
  operationIn,
  restoredName,
} from "./cloudsql.ts";
import { DRILL_TAG } from "./drill-tag.ts";
import { backupId, cloudSqlName, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { owedResource } from "./ledger.ts";
import { watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  source: cloudSqlName.describe("Name of the source instance; never restored into."),
  backup: backupId.describe("Id of the backup to restore."),
  tier: z
    .string()
    .regex(/^(?:db-[a-z0-9-]+)?$/iu, "not a tier such as db-custom-1-3840")
    .default("")
    .describe("Tier of the new instance; the source's unless given."),
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const cloudSqlRestoreAction = defineAction({
  name: "cloudsql/restore",
  about:
    "Makes a new Cloud SQL instance that carries this drill's label, in the network of the source, and restores a backup into it. The source stays as it is.",
  inputs,
  outputs: {
    INSTANCE_ID: "Name of the new instance.",
    RESTORE_OPERATION: "The provider's name for the restore that runs.",
    RESTORE_STARTED: "When the new instance was asked for.",
  },
  plan: (input) => [
    `${gcloudShown(input, createWords("DRILL_ID"))}  -- with the version, region, network, flags and ${input.tier === "" ? "tier" : "storage"} of ${input.source}`,
    gcloudShown(input, restoreWords(input, restoredName("DRILL_ID"))),
  ],
  run: restore,
});

/** Labels at creation are in the beta commands only. */
function createWords(drill: string): readonly string[] {
  return [
    ...["beta", "sql", "instances", "create", restoredName(drill)],
    ...[`--labels=${DRILL_TAG}=${drill}`, "--async"],
  ];
}

function restoreWords({ source, backup }: Input, name: string): readonly string[] {
  return [
    ...["sql", "backups", "restore", backup, `--restore-instance=${name}`],
    ...[`--backup-instance=${source}`, "--async"],
  ];
}

/** As the source is, but one of it, and nothing that keeps it from being deleted. */
function likeSource(source: CloudSqlInstance, tier: string): readonly string[] {
  const { databaseVersion, region, settings } = source;
  const { privateNetwork, ipv4Enabled, authorizedNetworks } = settings.ipConfiguration;
  const networks = authorizedNetworks.map(({ value }) => value).join(",");
  // Another separator than the comma, which values may hold.
  const flags = settings.databaseFlags.map(({ name, value }) => `${name}=${value}`).join("|");
  return [
    ...[`--database-version=${databaseVersion}`, `--region=${region}`],
    `--tier=${tier === "" ? settings.tier : tier}`,
    ...(settings.edition === undefined
      ? []
      : [`--edition=${settings.edition.toLowerCase().replaceAll("_", "-")}`]),
    `--storage-size=${settings.dataDiskSizeGb}GB`,
    ...(privateNetwork === undefined ? [] : [`--network=${privateNetwork}`]),
    ipv4Enabled ? "--assign-ip" : "--no-assign-ip",
    ...(ipv4Enabled && networks !== "" ? [`--authorized-networks=${networks}`] : []),
    ...(flags === "" ? [] : [`--database-flags=^|^${flags}`]),
    ...["--availability-type=zonal", "--no-backup", "--no-deletion-protection"],
  ];
}

async function restore(input: Input, context: ActionContext): Promise<ActionResult> {
  const drill = context.drill.id;
  const name = restoredName(drill);
  if (name === input.source) return stopped(intoItself(name));
  const startedAt = new Date().toISOString();
  const made = await make(input, name, context);
  if (!made.ok) return stopped(made.problem);
  const ready = await untilEmptyIsThere(input, name, context);
  if (!ready.ok) return stopped(ready.problem);
  const words = restoreWords(input, name);
  await context.command(gcloudShown(input, words));
  const asked = await gcloud(input, words, context.signal);
  if (!asked.ok) return stopped(asked.problem);
  const operation = operationIn(asked.value);
  if (!operation.ok) return stopped(operation.problem);
  return {
    ok: true,
    checks: [
      passed("Being restored", `into ${name}, labelled with ${drill}`),
      info("From", `backup ${input.backup} of ${input.source}`),
    ],
    values: {
      INSTANCE_ID: name,
      RESTORE_OPERATION: operation.value.name,
      RESTORE_STARTED: startedAt,
    },
  };
}

async function make(input: Input, name: string, context: ActionContext): Promise<Result<null>> {
  const { drill, signal } = context;
  const source = await existingInstance(input, input.source, signal);
  if (!source.ok) return source;
  const there = await findInstance(input, name, signal);
  if (!there.ok) return there;
  if (there.value !== undefined) {
    // An earlier attempt of this step may have made it.
    return labelOf(there.value) === drill.id ? ok(null) : fail(somebodyElses(name));
  }
  const words = [...createWords(drill.id), ...likeSource(source.value, input.tier)];
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(
    owedResource({ what: "cloudsql-instance", name, drill: drill.id }, { project: input.project }),
  );
  await context.command(gcloudShown(input, words));
  const made = await gcloud(input, words, signal);
  return made.ok ? ok(null) : made;
}

/** A restore overwrites what it restores into: nothing but what carries this drill's label. */
function untilEmptyIsThere(
  input: Input,
  name: string,
  context: ActionContext,
): Promise<Result<null>> {
  return watch<null>({
    what: `new instance ${name}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const found = await existingInstance(input, name, context.signal);
      if (!found.ok) return found;
      const { state } = found.value;
      if (labelOf(found.value) !== context.drill.id) return fail(somebodyElses(name));
      if (state === "RUNNABLE") return ok({ ready: null });
      return isHopeless(state) ? fail(hopeless(name, state)) : ok({ status: state });
    },
  });
}

export function hopeless(name: string, state: string): Problem {
  return {
    code: "failed",
    message: `Instance ${name} did not come up: its state is ${state}.`,
    hint: "Look at its operations in the provider's console; the drill deletes it at its end.",
  };
}

export function intoItself(name: string): Problem {
  return {
    code: "refused",
    message: `${name} is the source itself; it is never restored into.`,
    hint: "Name another source.",
  };
}

export function somebodyElses(name: string): Problem {
  return {
    code: "refused",
    message: `Instance ${name} does not carry this drill's label; nothing is restored into it.`,
    hint: "Find out whose it is; it was not touched.",
  };
}
