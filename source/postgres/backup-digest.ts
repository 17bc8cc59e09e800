/** Digests of the files of a backup. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
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
  let bytes = 0;
  const handle = await open(path, "r");
  try {
    for await (const chunk of chunksOf(handle)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      onBytes?.(chunk.length);
    }
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Reads the next chunk while this one is hashed; a stream's buffers would pile up. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  let filling = Buffer.allocUnsafe(CHUNK_BYTES);
  let spare = Buffer.allocUnsafe(CHUNK_BYTES);
  let reading = handle.read(filling, 0, CHUNK_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      [filling, spare] = [spare, filling];
      reading = handle.read(filling, 0, CHUNK_BYTES);
      yield spare.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => undefined);
  }
}

function interrupted(file: string): Result<never> {
  return fail({
    code: "interrupted",
    message: `Reading the backup ${display(file)} was interrupted.`,
  });
}
