/** Reads and writes `<backup>.manifest.json`. */
import { open, readFile, rename, rm } from "node:fs/promises";
import { fail, ok, type Result } from "../problem.ts";
import { display } from "./display.ts";
import { errorCode, reasonOf } from "./file-errors.ts";
import {
  type BackupManifest,
  composeManifest,
  isOfBackup,
  type Manifest,
  parseManifest,
} from "./manifest.ts";

export function manifestPath(backup: string): string {
  return `${backup.replace(/\/+$/u, "")}.manifest.json`;
}

/** Appears whole or not at all, mode 0600: a manifest means that its backup is complete. */
export async function writeManifest(backup: string, manifest: Manifest): Promise<Result<string>> {
  const path = manifestPath(backup);
  const partial = `${path}.partial`;
  try {
    const handle = await open(partial, "w", 0o600);
    try {
      await handle.writeFile(composeManifest(manifest));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
    return ok(path);
  } catch (error) {
    await rm(partial, { force: true });
    return fail({
      code: "failed",
      message: `The manifest ${display(path)} could not be written: ${reasonOf(error)}.`,
      hint: "Check free space and permissions of the backup directory.",
    });
  }
}

/** undefined when there is none. */
export async function readManifest(backup: string): Promise<Result<BackupManifest | undefined>> {
  const path = manifestPath(backup);
  const read = await readManifestAt(path);
  if (!read.ok || read.value === undefined) return read.ok ? ok(undefined) : read;
  if (isOfBackup(read.value)) return ok(read.value);
  return fail({
    code: "failed",
    message: `The manifest ${display(path)} is of a server, not of a backup.`,
    hint: "Take a fresh backup; its manifest is written beside it.",
    where: path,
  });
}

/** Of a backup or of a server, by its own path; undefined when there is none. */
export async function readManifestAt(path: string): Promise<Result<Manifest | undefined>> {
  try {
    return parseManifest(await readFile(path, "utf8"), path);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return ok(undefined);
    return fail({
      code: "failed",
      message: `The manifest ${display(path)} could not be read: ${reasonOf(error)}.`,
      hint: "Check its permissions.",
    });
  }
}
