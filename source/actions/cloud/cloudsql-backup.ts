import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatDuration } from "../../drill/units.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { backupsOf, type CloudSqlBackup, describedAs, drillOf, listBackups } from "./cloudsql.ts";
import { cloudSqlName, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { owedResource } from "./ledger.ts";
import { watch, withinInput } from "./watch.ts";

const TAKE = "take";
const LATEST = "latest";

const inputs = z.strictObject({
  ...gcpInputs,
  instance: cloudSqlName.describe("Name of the source instance."),
  backup: z
    .string()
    .regex(/^(?:take|latest|\d+)$/u, "not take, latest or the id of a backup")
    .default(TAKE)
    .describe("take (a new one; the default), latest (the newest there is), or the id of one."),
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const cloudSqlBackupAction = defineAction({
  name: "cloudsql/backup",
  about:
    "Takes a backup of a Cloud SQL instance and waits until it is complete, or picks one that is there.",
  inputs,
  outputs: {
    BACKUP_ID: "Id of the backup.",
    BACKUP_TIME: "When it was started, as the provider says.",
  },
  plan: (input) => [
    ...(input.backup === TAKE ? [gcloudShown(input, takeWords(input, "DRILL_ID"))] : []),
    gcloudShown(input, listBackups(input.instance)),
  ],
  run: (input, context) => (input.backup === TAKE ? take(input, context) : pick(input, context)),
});

function takeWords({ instance }: Input, drill: string): readonly string[] {
  return [
    ...["sql", "backups", "create", `--instance=${instance}`],
    ...[`--description=${describedAs(drill)}`, "--async"],
  ];
}

async function take(input: Input, context: ActionContext): Promise<ActionResult> {
  const drill = context.drill.id;
  const { project, instance } = input;
  await context.command(gcloudShown(input, listBackups(instance)));
  const there = await backupsOf(input, instance, context.signal);
  if (!there.ok) return stopped(there.problem);
  await context.register(
    owedResource({ what: "cloudsql-backup", name: instance, drill }, { project }),
  );
  // An earlier attempt of this step may have made it.
  if (!there.value.some((backup) => drillOf(backup) === drill)) {
    const words = takeWords(input, drill);
    await context.command(gcloudShown(input, words));
    const made = await gcloud(input, words, context.signal);
    if (!made.ok) return stopped(made.problem);
  }
  const since = performance.now();
  const ours = (backup: CloudSqlBackup) => drillOf(backup) === drill;
  const done = await untilComplete(input, context, { ours, what: "the drill's backup" });
  if (!done.ok) return stopped(done.problem);
  return report(done.value, [
    passed("Complete after", formatDuration((performance.now() - since) / 1000)),
  ]);
}

async function pick(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(gcloudShown(input, listBackups(input.instance)));
  const found = await backupsOf(input, input.instance, context.signal);
  if (!found.ok) return stopped(found.problem);
  const chosen = found.value.find(({ id, status }) =>
    input.backup === LATEST ? status === "SUCCESSFUL" : id === input.backup,
  );
  if (chosen === undefined) return stopped(noBackup(input));
  const ours = ({ id }: CloudSqlBackup) => id === chosen.id;
  const done = await untilComplete(input, context, { ours, what: `backup ${chosen.id}` });
  return done.ok ? report(done.value, []) : stopped(done.problem);
}

interface Wanted {
  readonly what: string;
  ours(backup: CloudSqlBackup): boolean;
}

function untilComplete(
  input: Input,
  context: ActionContext,
  { what, ours }: Wanted,
): Promise<Result<CloudSqlBackup>> {
  return watch<CloudSqlBackup>({
    what,
    withinSeconds: input.within,
    io: context,
    async look() {
      const found = await backupsOf(input, input.instance, context.signal);
      if (!found.ok) return found;
      const backup = found.value.find(ours);
      if (backup === undefined) return ok({ status: "not listed yet" });
      if (backup.status === "SUCCESSFUL") return ok({ ready: backup });
      return /^(?:FAILED|SKIPPED|DELET)/u.test(backup.status)
        ? fail(hopeless(what, backup.status))
        : ok({ status: backup.status });
    },
  });
}

function report(backup: CloudSqlBackup, checks: readonly Check[]): ActionResult {
  const { id, instance, startTime, endTime } = backup;
  return {
    ok: true,
    checks: [
      passed("Backup", `${id} of ${instance}`),
      info("Taken", `between ${startTime} and ${endTime}`),
      ...checks,
    ],
    values: { BACKUP_ID: id, BACKUP_TIME: startTime },
  };
}

function hopeless(what: string, status: string): Problem {
  return {
    code: "failed",
    message: `Cloud SQL did not complete ${what}: its status is ${status}.`,
    hint: "Look at the instance's operations in the provider's console.",
  };
}

function noBackup({ backup, instance }: Input): Problem {
  const which = backup === LATEST ? "no complete backup" : `no backup ${backup}`;
  return {
    code: "failed",
    message: `There is ${which} of ${instance}.`,
    hint: "Take one (BACKUP=take), or look at `gcloud sql backups list`.",
  };
}
