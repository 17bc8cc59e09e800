/** A plain dump on disk: complete, UTF-8, read piece by piece. */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fail, ok, type Result } from "../problem.ts";
import { newlines } from "./sql-splitter.ts";

export interface SqlFile {
  readonly path: string;
  readonly bytes: number;
  chunks(): AsyncGenerator<
    Result<{ readonly text: string /** Bytes so far. */; readonly read: number }>
  >;
}

const CHUNK_BYTES = 1024 * 1024;
const TAIL_BYTES = 4_096;
/** pg_dump's last words; only blank lines, comments and `\unrestrict` may follow. */
const TRAILER =
  /^-- PostgreSQL database dump complete\r?\n(?:--.*\r?\n|\s*\n|\\unrestrict .*\r?\n)*\s*$/m;

/** Refuses a file that does not end as pg_dump ends one: a cut file restores half without an error. */
export async function readSql(path: string): Promise<Result<SqlFile>> {
  const end = await readEnd(path);
  if (!end.ok) return end;
  if (!TRAILER.test(end.value.text)) {
    return fail({
      code: "failed",
      message: `${JSON.stringify(path)} does not end with "PostgreSQL database dump complete": it is cut off, or no plain dump.`,
      hint: "Nothing was restored. Take a new backup, and check the disk it was written to.",
      where: path,
    });
  }
  return ok({ path, bytes: end.value.bytes, chunks: () => readChunks(path) });
}

async function readEnd(path: string): Promise<Result<{ text: string; bytes: number }>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return ok({ text: buffer.toString("utf8"), bytes: size });
  } catch (error) {
    return fail(unreadable(path, error));
  } finally {
    await file?.close();
  }
}

async function* readChunks(
  path: string,
): AsyncGenerator<Result<{ readonly text: string; readonly read: number }>> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let read = 0;
  let line = 1;
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      const chunk: Buffer = bytes;
      const text = decoder.decode(chunk, { stream: true });
      const nul = text.indexOf("\0");
      if (nul !== -1) return yield fail(damaged(path, line + newlines(text, 0, nul), "a NUL byte"));
      line += newlines(text, 0, text.length);
      read += chunk.length;
      yield ok({ text, read });
    }
    decoder.decode();
  } catch (error) {
    const notText = error instanceof TypeError;
    yield fail(notText ? damaged(path, line, "bytes that are not UTF-8") : unreadable(path, error));
  }
}

function damaged(path: string, line: number, what: string): Parameters<typeof fail>[0] {
  return {
    code: "failed",
    message: `The restore stopped: ${JSON.stringify(path)} has ${what} at line ${line} or later. Nothing was kept.`,
    hint: "The file is damaged, or in another encoding: take a new backup.",
    where: `${path}:${line}`,
  };
}

function unreadable(path: string, error: unknown): Parameters<typeof fail>[0] {
  return {
    code: "unusable",
    message: `${JSON.stringify(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Check the path and its permissions.",
    where: path,
  };
}
