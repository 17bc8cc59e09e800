/** The files of one backup on this host: which they are, and how large. */
import { createHash } from "node:crypto";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BackupSummary } from "../drill/types.ts";
import type { BackupFormat } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { display } from "./display.ts";
import { errorCode, reasonOf } from "./file-errors.ts";
import type { ManifestFile } from "./manifest.ts";

/** Read from the backup itself, not from its name. */
export async function detectFormat(file: string): Promise<Result<BackupFormat>> {
  try {
    if ((await stat(file)).isDirectory()) return ok("directory");
    const magic = await readPart(file, 0, 5);
    return ok(magic.toString("latin1") === "PGDMP" ? "custom" : "plain");
  } catch (error) {
    return unreadable(file, error);
  }
}

/** Every file of it, sorted by path. Links are refused: they could leave the backup. */
export async function listBackupFiles(file: string): Promise<Result<readonly string[]>> {
  try {
    const info = await lstat(file);
    if (info.isFile()) return ok([file]);
    if (!info.isDirectory()) return notPlain(file);
    const entries = await readdir(file, { withFileTypes: true });
    const strange = entries.find((entry) => !entry.isFile());
    if (strange !== undefined) return notPlain(join(file, strange.name));
    const names = entries.map((entry) => entry.name).sort(byCodePoint);
    if (names.length > 0) return ok(names.map((name) => join(file, name)));
    return fail({
      code: "failed",
      message: `The backup ${display(file)} is an empty directory.`,
      hint: "Take a fresh backup.",
    });
  } catch (error) {
    return unreadable(file, error);
  }
}

/** One digest for the whole: the file's own, or for a directory that of its sorted list. */
export function summarise(
  file: string,
  format: BackupFormat,
  files: readonly ManifestFile[],
): BackupSummary {
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  const [only] = files;
  if (format !== "directory" && only !== undefined) return { file, bytes, sha256: only.sha256 };
  const list = files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join("");
  return { file, bytes, sha256: createHash("sha256").update(list).digest("hex") };
}

/** Waits until the disk holds all of it, and knows its name. */
export async function syncBackup(file: string): Promise<Result<null>> {
  const paths = await listBackupFiles(file);
  if (!paths.ok) return paths;
  const directories = paths.value.includes(file) ? [dirname(file)] : [file, dirname(file)];
  for (const path of [...paths.value, ...directories]) {
    try {
      const handle = await open(path, "r");
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      if (directories.includes(path) && CANNOT_SYNC.has(errorCode(error) ?? "")) continue;
      return fail({
        code: "failed",
        message: `The disk does not hold ${display(path)}: ${reasonOf(error)}.`,
        hint: "Look after the disk that the backups are on, then take a fresh backup.",
      });
    }
  }
  return ok(null);
}

/** What some file systems say of a directory; PostgreSQL's fsync_fname_ext passes it over, too. */
const CANNOT_SYNC: ReadonlySet<string> = new Set(["EACCES", "EBADF", "EINVAL"]);

/** Bytes on disk now; 0 for what is not there yet. */
export async function bytesOnDisk(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (!info.isDirectory()) return info.size;
    const names = await readdir(file);
    const sizes = await Promise.all(names.map((name) => bytesOnDisk(join(file, name))));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

export async function readPart(path: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export function byCodePoint(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function notPlain(path: string): Result<never> {
  return fail({
    code: "failed",
    message: `${display(path)} is not a plain file, so it cannot be a part of a backup.`,
    hint: "Remove it, or take a fresh backup.",
  });
}

/** For an operator who named the backup. */
export function unreadable(path: string, error: unknown): Result<never> {
  return fail({
    code: "failed",
    message: `${display(path)} cannot be read: ${reasonOf(error)}.`,
    hint: "Check that the backup is there and that this user may read it.",
  });
}
