/** Digests of the files of a backup. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { fail, ok, type Result } from "../problem.ts";
import { listBackupFiles, unreadable } from "./backup-files.ts";
import { display } from "./display.ts";
import type { ManifestFile } from "./manifest.ts";

export interface DigestOptions {
  readonly signal?: AbortSignal;
  onBytes?(bytes: number): void;
}

/** Reads the whole backup once, each time: a digest that was not read proves nothing. */
export async function digestBackup(
  file: string,
  options: DigestOptions = {},
): Promise<Result<readonly ManifestFile[]>> {
  const paths = await listBackupFiles(file);
  if (!paths.ok) return paths;
  const files: ManifestFile[] = [];
  for (const path of paths.value) {
    try {
      files.push({ path: basename(path), ...(await digestFile(path, options)) });
    } catch (error) {
      if (options.signal?.aborted === true) return interrupted(file);
      return unreadable(path, error);
    }
  }
  return ok(files);
}

const CHUNK_BYTES = 1024 * 1024;

async function digestFile(
  path: string,
  { signal, onBytes }: DigestOptions,
): Promise<Pick<ManifestFile, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  // One buffer for the whole file: a stream's would pile up until they are collected.
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  const handle = await open(path, "r");
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
      hash.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
      onBytes?.(bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function interrupted(file: string): Result<never> {
  return fail({
    code: "interrupted",
    message: `Reading the backup ${display(file)} was interrupted.`,
  });
}
