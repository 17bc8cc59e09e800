import { lstat, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatBytes } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { bytesOnDisk } from "../../postgres/backup-files.ts";
import { DEFAULT_PREFIX, isBackupName } from "../../postgres/backup-name.ts";
import { display } from "../../postgres/display.ts";
import { errorCode, reasonOf } from "../../postgres/file-errors.ts";
import { manifestPath, readManifest } from "../../postgres/manifest-file.ts";
import { choosePrunes, type PruneCandidate } from "../../postgres/prune-choice.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, stopped } from "../outcome.ts";

const inputs = z.strictObject({
  keep: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe(
      "How many of the newest backups stay, besides this drill's and the newest that passed.",
    ),
});

type Input = z.output<typeof inputs>;

export const pruneAction = defineAction({
  name: "backup/prune",
  about:
    "Removes old drill backups of this database; keeps this drill's, the newest, and the newest that passed.",
  inputs,
  outputs: {},
  plan: ({ keep }, { target }) => [
    `rm ${display(target.backupDirectory)}/${DEFAULT_PREFIX}YYYYMMDD_HHMMSS*  -- with a manifest of this database; all but this drill's, the newest ${keep}, and the newest that passed`,
  ],
  run: prune,
});

async function prune({ keep }: Input, context: ActionContext): Promise<ActionResult> {
  const found = await findCandidates(context.target);
  if (!found.ok) return stopped(found.problem);
  const current = resolve(context.target.project, context.variables.BACKUP_FILE ?? "");
  const choices = choosePrunes(found.value, {
    keep,
    current,
    passed: await context.passedBackups(),
  });
  const checks: Check[] = [];
  let freed = 0;
  for (const { path, remove: goes, reason } of choices) {
    if (context.signal.aborted) break;
    const title = display(path);
    if (!goes) {
      checks.push(info(title, `kept: ${reason}`));
      continue;
    }
    const bytes = await bytesOnDisk(path);
    const problem = await remove(path, context);
    if (problem === undefined) freed += bytes;
    checks.push(
      judged(title, problem === undefined, {
        expected: `removed: ${reason}`,
        observed: problem ?? `removed, ${formatBytes(bytes)}`,
      }),
    );
  }
  const removed = checks.filter(({ status }) => status === "passed").length;
  const summary = info(
    "Backups",
    `${removed} removed (${formatBytes(freed)}), ${formatAmount(choices.length - removed, "backup")} kept`,
  );
  return concluded({ checks: [summary, ...checks] }, (failed) => ({
    code: "failed",
    message: `${formatAmount(failed.length, "old backup")} could not be removed: ${failed.map(({ title, observed }) => `${title} (${observed})`).join(", ")}.`,
    hint: "Check the permissions of the backup directory.",
  }));
}

async function findCandidates(target: Target): Promise<Result<readonly PruneCandidate[]>> {
  const directory = target.backupDirectory;
  try {
    const names = await readdir(directory);
    const fitting = names.filter((name) => isBackupName(DEFAULT_PREFIX, name));
    return ok(await Promise.all(fitting.map((name) => candidateOf(target, name))));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return ok([]);
    return fail({
      code: "failed",
      message: `The backup directory ${display(directory)} cannot be read: ${reasonOf(error)}.`,
      hint: "Check its permissions.",
    });
  }
}

async function candidateOf(target: Target, name: string): Promise<PruneCandidate> {
  const path = join(target.backupDirectory, name);
  const timestamp = name.slice(DEFAULT_PREFIX.length, DEFAULT_PREFIX.length + 15);
  const foreign = await foreignReason(target, path);
  return { path, timestamp, ...(foreign === undefined ? {} : { foreign }) };
}

/** Only what carries our manifest, for this very database, is ours to remove. */
async function foreignReason(target: Target, path: string): Promise<string | undefined> {
  const kind = await lstat(path).catch(() => undefined);
  if (kind === undefined || (!kind.isFile() && !kind.isDirectory())) {
    return "neither a file nor a directory";
  }
  const manifest = await readManifest(path);
  if (!manifest.ok) return "its manifest cannot be read";
  if (manifest.value === undefined) return "without a manifest of this tool";
  const { database, server } = manifest.value;
  const same =
    database === target.summary.database &&
    server.systemIdentifier === target.summary.server.systemIdentifier;
  return same ? undefined : "of another database or server";
}

async function remove(path: string, context: ActionContext): Promise<string | undefined> {
  await context.command(`rm -r ${display(path)} ${display(manifestPath(path))}`);
  try {
    await rm(path, { recursive: true });
    await rm(manifestPath(path), { force: true });
    return undefined;
  } catch (error) {
    return `not removed: ${reasonOf(error)}`;
  }
}
