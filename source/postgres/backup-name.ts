/** Names of backups: `staging_drill_20261122_143000.sql`. */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { BackupFormat } from "../environment/target.ts";
import { manifestPath } from "./manifest-file.ts";

export const DEFAULT_PREFIX = "staging_drill_";

const SUFFIXES: Readonly<Record<BackupFormat, string>> = {
  plain: ".sql",
  custom: ".dump",
  directory: "",
};

const FORMATS: readonly BackupFormat[] = ["plain", "custom", "directory"];

/** `YYYYMMDD_HHMMSS` in this host's time, as the runbook's `date` gives it. */
export function timestampOf(date: Date): string {
  const two = (figure: number) => String(figure).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

export function backupName(prefix: string, timestamp: string, format: BackupFormat): string {
  return `${prefix}${timestamp}${SUFFIXES[format]}`;
}

/** Whether a name is one that this tool gives; anything else is never pruned. */
export function isBackupName(prefix: string, name: string): boolean {
  return (
    name.startsWith(prefix) && /^\d{8}_\d{6}(?:\.sql|\.dump)?$/u.test(name.slice(prefix.length))
  );
}

export interface FreeName {
  readonly file: string;
  readonly timestamp: string;
}

/** The first second from `from` on at which neither a backup nor its manifest exists. */
export async function freeBackupName(
  directory: string,
  prefix: string,
  { format, from }: { readonly format: BackupFormat; readonly from: Date },
): Promise<FreeName> {
  for (let second = 0; ; second += 1) {
    const timestamp = timestampOf(new Date(from.getTime() + second * 1000));
    const paths = FORMATS.map((one) => join(directory, backupName(prefix, timestamp, one)));
    const found = await Promise.all(
      paths.flatMap((path) => [exists(path), exists(manifestPath(path))]),
    );
    if (!found.includes(true)) {
      return { file: join(directory, backupName(prefix, timestamp, format)), timestamp };
    }
  }
}

async function exists(path: string): Promise<boolean> {
  // A dangling link counts: writing through it would make a file elsewhere.
  return lstat(path).then(
    () => true,
    () => false,
  );
}
