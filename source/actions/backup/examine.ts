/** Everything that can be said of a backup without restoring it. */
import { stat } from "node:fs/promises";
import type { BackupSummary, Check } from "../../drill/types.ts";
import { formatAmount, formatBytes } from "../../drill/units.ts";
import type { BackupFormat } from "../../environment/target.ts";
import { detectFormat, listBackupFiles, summarise } from "../../postgres/backup-files.ts";
import { type BackupHeader, readHeader } from "../../postgres/backup-header.ts";
import { memberChecks } from "../../postgres/backup-members.ts";
import { structureChecks } from "../../postgres/backup-structure.ts";
import { display, displayList } from "../../postgres/display.ts";
import type { BackupManifest, ManifestFile } from "../../postgres/manifest.ts";
import { readManifest } from "../../postgres/manifest-file.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { judged, passed, warning } from "../outcome.ts";
import { digestShown } from "./digest.ts";

export interface Examined {
  readonly format: BackupFormat;
  readonly manifest: BackupManifest | undefined;
  readonly header: BackupHeader;
  readonly summary: BackupSummary;
  /** When the newest of its files was written. */
  readonly written: Date;
  readonly checks: readonly Check[];
}

/** Errors: the backup or its manifest cannot be read. What is wrong with it is a failed check. */
export async function examineBackup(
  file: string,
  io: Pick<ActionContext, "signal" | "progress">,
): Promise<Result<Examined>> {
  const format = await detectFormat(file);
  if (!format.ok) return format;
  const manifest = await readManifest(file);
  if (!manifest.ok) return manifest;
  const files = await digestShown(io, file);
  if (!files.ok) return files;
  const summary = summarise(file, format.value, files.value);
  const bare = manifest.value === undefined && format.value === "directory";
  const checks = [
    judged("Not empty", summary.bytes > 0, {
      expected: "more than 0 B",
      observed: `${formatBytes(summary.bytes)} in ${formatAmount(files.value.length, "file")}`,
    }),
    ...formatChecks(manifest.value, format.value),
    ...(await structureChecks(file, format.value)),
    ...(bare ? await memberChecks(file, io.signal) : []),
    ...digestChecks(manifest.value, format.value, files.value),
  ];
  const header = await readHeader(file, format.value).catch(() => ({}));
  const written = await newest(file);
  return ok({ format: format.value, manifest: manifest.value, header, summary, written, checks });
}

async function newest(file: string): Promise<Date> {
  const files = await listBackupFiles(file);
  const times = files.ok
    ? await Promise.all(files.value.map(async (path) => (await stat(path)).mtimeMs))
    : [];
  return new Date(Math.max(0, ...times));
}

function formatChecks(
  manifest: BackupManifest | undefined,
  format: BackupFormat,
): readonly Check[] {
  if (manifest === undefined || manifest.dump.format === format) return [];
  return [
    judged("Format as in the manifest", false, {
      expected: manifest.dump.format,
      observed: format,
    }),
  ];
}

/** Every file against the digest that was taken when the dump ended. */
export function digestChecks(
  manifest: BackupManifest | undefined,
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
