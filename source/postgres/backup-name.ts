/** Names of backups: `staging_drill_20261122_143000.sql`. */
import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupFormat } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { display } from "./display.ts";
import { errorCode, reasonOf } from "./file-errors.ts";
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

/**
 * Takes the first second from `from` on that nobody has: `<backup>.claim` is created exclusively,
 * so that of two drills in the same second neither touches the other's file. It holds the drill's
 * id, and goes once the manifest makes the backup whole. Errors: the claim cannot be written.
 */
export async function claimBackupName(
  directory: string,
  prefix: string,
  {
    format,
    from,
    drill,
  }: { readonly format: BackupFormat; readonly from: Date; readonly drill: string },
): Promise<Result<FreeName>> {
  for (let second = 0; ; second += 1) {
    const timestamp = timestampOf(new Date(from.getTime() + second * 1000));
    const paths = FORMATS.map((one) => join(directory, backupName(prefix, timestamp, one)));
    const found = await Promise.all(
      paths.flatMap((path) => [exists(path), exists(manifestPath(path))]),
    );
    if (found.includes(true)) continue;
    const file = join(directory, backupName(prefix, timestamp, format));
    try {
      await writeFile(claimPath(file), drill, { flag: "wx", mode: 0o600 });
      return ok({ file, timestamp });
    } catch (error) {
      if (errorCode(error) !== "EEXIST") return fail(unclaimable(file, error));
    }
  }
}

export function claimPath(backup: string): string {
  return `${backup}.claim`;
}

/** The drill that is writing a backup; undefined when none is. */
export async function claimantOf(backup: string): Promise<string | undefined> {
  return readFile(claimPath(backup), "utf8").catch(() => undefined);
}

function unclaimable(file: string, error: unknown): Problem {
  return {
    code: "failed",
    message: `The backup ${display(file)} cannot be created: ${reasonOf(error)}.`,
    hint: "Check the environment's `backups` directory.",
  };
}

async function exists(path: string): Promise<boolean> {
  // A dangling link counts: writing through it would make a file elsewhere.
  return lstat(path).then(
    () => true,
    () => false,
  );
}
