import { resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatBytes, formatDuration, formatInstant } from "../../drill/units.ts";
import type { BackupFormat, Target } from "../../environment/target.ts";
import { detectFormat, summarise } from "../../postgres/backup-files.ts";
import { structureChecks } from "../../postgres/backup-structure.ts";
import { display, displayList } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Manifest, ManifestFile } from "../../postgres/manifest.ts";
import { manifestPath, readManifest } from "../../postgres/manifest-file.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, passed, stopped, warning } from "../outcome.ts";
import { digestShown } from "./digest.ts";

const inputs = z.strictObject({
  file: z.string().min(1).describe("Path of the backup on this host: a file, or a directory."),
});

type Input = z.output<typeof inputs>;

export const inspectAction = defineAction({
  name: "backup/inspect",
  about: "Looks at a backup's size, beginning, end and digest before anything is restored from it.",
  inputs,
  outputs: {
    BACKUP_BYTES: "Size of the backup in bytes, all its files together.",
    BACKUP_SHA256: "Its SHA-256; for a directory, that of its sorted `digest  name` list.",
  },
  plan: ({ file }) => [`read ${display(file)} and compare it with ${display(manifestPath(file))}`],
  run: inspect,
});

async function inspect(input: Input, context: ActionContext): Promise<ActionResult> {
  const file = resolve(context.target.project, input.file);
  await context.command(`read ${display(file)}`);
  const format = await detectFormat(file);
  if (!format.ok) return stopped(format.problem);
  const manifest = await readManifest(file);
  if (!manifest.ok) return stopped(manifest.problem);
  const files = await digestShown(context, file);
  if (!files.ok) return stopped(files.problem);
  const summary = summarise(file, format.value, files.value);
  const checks = [
    judged("Not empty", summary.bytes > 0, {
      expected: "more than 0 B",
      observed: `${formatBytes(summary.bytes)} in ${formatAmount(files.value.length, "file")}`,
    }),
    ...(await structureChecks(file, format.value)),
    ...digestChecks(manifest.value, format.value, files.value),
    ...originChecks(manifest.value, context.target),
  ];
  return concluded(
    {
      checks,
      values: { BACKUP_BYTES: String(summary.bytes), BACKUP_SHA256: summary.sha256 },
      measurements: { backupBytes: summary.bytes },
      backup: summary,
    },
    (failed) => ({
      code: "failed",
      message: `The backup ${display(file)} is not fit to be restored: ${displayList(failed.map(({ title, observed }) => `${title.toLowerCase()}: ${observed}`))}.`,
      hint: "Take a fresh backup, and keep this one for the question how it came to be so.",
    }),
  );
}

/** Of which database and when: a backup of the wrong environment restores without a word. */
function originChecks(manifest: Manifest | undefined, target: Target): readonly Check[] {
  if (manifest === undefined) return [];
  const { database, server, takenAt } = manifest;
  const seconds = Math.max(0, (Date.now() - Date.parse(takenAt)) / 1000);
  const age = info("Taken", `${formatInstant(takenAt)}, ${formatDuration(seconds)} ago`);
  const origin = `${showName(database)} on ${display(server.address)} (PostgreSQL ${display(server.version)})`;
  const here =
    database === target.summary.database &&
    server.systemIdentifier === target.summary.server.systemIdentifier;
  return [
    age,
    here
      ? passed("Taken of this primary", origin, "yes")
      : warning("Taken of this primary", `no: of ${origin}`, "yes"),
  ];
}

/** Every file against the digest that was taken when the dump ended. */
export function digestChecks(
  manifest: Manifest | undefined,
  format: BackupFormat,
  files: readonly ManifestFile[],
): readonly Check[] {
  const title = "Digest as in the manifest";
  if (manifest === undefined) {
    return [warning(title, "there is no manifest beside it, so nothing to compare with", "equal")];
  }
  const differences = fileDifferences(manifest.files, files, format);
  if (differences.length === 0) {
    return [passed(title, `equal, ${formatAmount(files.length, "file")}`, "equal")];
  }
  return [{ title, status: "failed", expected: "equal", observed: displayList(differences) }];
}

function fileDifferences(
  expected: readonly ManifestFile[],
  observed: readonly ManifestFile[],
  format: BackupFormat,
): readonly string[] {
  // A single file may have been renamed together with its manifest.
  const key = ({ path }: ManifestFile) => (format === "directory" ? path : "");
  const after = new Map(observed.map((file) => [key(file), file]));
  const before = new Set(expected.map(key));
  return [
    ...expected.flatMap((file) => {
      const other = after.get(key(file));
      const name = display(file.path);
      if (other === undefined) return [`${name} is missing`];
      if (other.bytes !== file.bytes) {
        return [`${name} has ${other.bytes} bytes, not ${file.bytes}`];
      }
      return other.sha256 === file.sha256 ? [] : [`${name} has other contents of the same size`];
    }),
    ...observed
      .filter((file) => !before.has(key(file)))
      .map(({ path }) => `${display(path)} was not there when the dump ended`),
  ];
}
