/** Digests of the files of a backup. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fail, ok, type Result } from "../problem.ts";
import { listBackupFiles, unreadable } from "./backup-files.ts";
import { display } from "./display.ts";
import type { ManifestFile } from "./manifest.ts";

export interface DigestOptions {
  readonly signal?: AbortSignal;
  onBytes?(bytes: number): void;
}

/** Of every file. One that was read before and not touched since is not read again. */
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

export type FileDigest = Pick<ManifestFile, "bytes" | "sha256">;

/** Bytes to read at once. */
export const CHUNK_BYTES = 1024 * 1024;

async function digestFile(path: string, options: DigestOptions): Promise<FileDigest> {
  const { onBytes } = options;
  const handle = await open(path, "r");
  try {
    const before = await stampOf(handle);
    const known = remembered.get(before.stamp);
    if (known !== undefined) {
      onBytes?.(known.bytes);
      return known;
    }
    const digest = await readDigest(handle, options);
    const after = await stampOf(handle);
    if (before.settled && after.stamp === before.stamp) remember(before.stamp, digest);
    return digest;
  } finally {
    await handle.close();
  }
}

async function readDigest(
  handle: FileHandle,
  { signal, onBytes }: DigestOptions,
): Promise<FileDigest> {
  const hash = createHash("sha256");
  // One buffer for the whole file: a stream's would pile up until they are collected.
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
    hash.update(chunk.subarray(0, bytesRead));
    bytes += bytesRead;
    onBytes?.(bytesRead);
  }
}

/** By stamp; the oldest goes when there are too many. */
const remembered = new Map<string, FileDigest>();
const MOST_REMEMBERED = 10_000;

function remember(stamp: string, digest: FileDigest): void {
  remembered.set(stamp, digest);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/** What was digested while somebody wrote it, once nobody does any more. */
export async function rememberWritten(handle: FileHandle, digest: FileDigest): Promise<void> {
  // Once more only: a file system with a clock of its own may never seem settled.
  const before = await stampOf(handle);
  if (!before.settled) await setTimeout(STEP_MS);
  const after = await stampOf(handle);
  const { size } = await handle.stat();
  if (after.settled && after.stamp === before.stamp && size === digest.bytes) {
    remember(after.stamp, digest);
  }
}

/** File systems keep times in steps of up to 10 ms: a change within one leaves no trace. */
const STEP_MS = 20;

/**
 * What the kernel changes whenever somebody writes to the file, replaces it, or sets its times back:
 * nobody can set the time of the last change of its state.
 */
async function stampOf(handle: FileHandle): Promise<{ stamp: string; settled: boolean }> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return {
    stamp: [dev, ino, size, mtimeNs, ctimeNs].join(" "),
    settled: BigInt(Date.now() - STEP_MS) * 1_000_000n >= ctimeNs,
  };
}

function interrupted(file: string): Result<never> {
  return fail({
    code: "interrupted",
    message: `Reading the backup ${display(file)} was interrupted.`,
  });
}
