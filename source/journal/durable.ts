/** What it takes for a write to survive a crash of the machine. */
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Problem } from "../problem.ts";

/** A new name in a folder survives only once the folder itself is synced. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and needs no sync of them.
  if (process.platform === "win32") {
    return;
  }
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of it or throws; `write` may stop short when the disk fills up. */
export async function writeFully(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written);
    if (bytesWritten === 0) {
      throw new Error("nothing could be written");
    }
    written += bytesWritten;
  }
}

/** Replaces a file in one step: readers see the old text or the new one, also after a crash. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const handle = await open(draft, "w", 0o600);
    try {
      await writeFully(handle, Buffer.from(text, "utf8"));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk reports an error",
  EROFS: "the file system is read-only",
  EACCES: "permission is denied",
  EFBIG: "the file may not grow any further",
};

/** `what` is the thing written to, as the message shall name it. */
export function writeProblem(what: string, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return {
    code: "unusable",
    message: `${what} cannot be written: ${reason}.`,
    hint: "Free some space or mend the disk, then resume the drill; what was acknowledged is safe.",
  };
}
