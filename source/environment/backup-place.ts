/** The file or directory a dump writes: claimed before, private, and gone again if the dump fails. */
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../problem.ts";
import { fileReason } from "./run-tool.ts";
import type { DumpRequest, WorkIo } from "./target.ts";

const PROGRESS_MS = 250;

/** Creates the file (0600) or directory (0700); a Problem if anything is there already. */
export async function claimBackup(request: DumpRequest): Promise<Result<null>> {
  try {
    if (request.format === "directory") await mkdir(request.file, { mode: 0o700 });
    else await (await open(request.file, "wx", 0o600)).close();
    return ok(null);
  } catch (error) {
    return fail({
      code: "failed",
      message: `The backup ${request.file} cannot be created: ${fileReason(error)}.`,
      hint: "Check the environment's `backups` directory.",
    });
  }
}

/** Removes what a failed dump left. */
export async function dropPartialBackup(request: DumpRequest): Promise<void> {
  await rm(request.file, { recursive: true, force: true });
}

/** Reports the backup's size while it grows; returns the stopper. */
export function watchBackup(request: DumpRequest, io: WorkIo): () => void {
  const timer = setInterval(() => {
    void backupBytes(request.file).then((bytes) =>
      io.progress("Writing the backup", bytes, undefined, "bytes"),
    );
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

async function backupBytes(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
    const sizes = await Promise.all(
      (await readdir(path)).map((name) => fileBytes(join(path, name))),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

function fileBytes(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
