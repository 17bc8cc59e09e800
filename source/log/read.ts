/** Reading the log back, line by line, trusting none of it. */
import { readFile } from "node:fs/promises";
import type { JsonValue } from "../checklist/types.ts";
import { fail, ok, type Result } from "../problem.ts";
import { canonicalHash, canonicalJson } from "./canonical.ts";
import { entrySchema, type LogEntry } from "./types.ts";

export type LogLine = GoodLine | BadLine;

/** The line is what was written, as far as its own hash can tell. */
export interface GoodLine {
  readonly ok: true;
  /** From 1. */
  readonly number: number;
  readonly entry: LogEntry;
  /** The entry as it stands in the file, with fields a newer version may have added. */
  readonly raw: JsonValue;
}

export interface BadLine {
  readonly ok: false;
  readonly number: number;
  readonly why: string;
  /** What the line claims, if it can be told. */
  readonly claims?: { readonly id?: string; readonly hash?: string };
}

export interface LogContents {
  readonly lines: readonly LogLine[];
  /** Bytes after the last line break: a line that was never finished. */
  readonly torn: number;
  /** Size of the file without them. */
  readonly bytes: number;
}

const NEWLINE = 0x0a;

/** A missing file is an empty log. */
export async function readLog(path: string): Promise<Result<LogContents>> {
  try {
    return ok(parseLog(await readFile(path)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return ok({ lines: [], torn: 0, bytes: 0 });
    }
    const reason = error instanceof Error ? error.message : String(error);
    return fail({ code: "unusable", message: `The log ${path} cannot be read: ${reason}.` });
  }
}

export function goodLines(contents: LogContents): readonly GoodLine[] {
  return contents.lines.filter((line) => line.ok);
}

function parseLog(bytes: Buffer): LogContents {
  const lines: LogLine[] = [];
  let offset = 0;
  for (;;) {
    const stop = bytes.indexOf(NEWLINE, offset);
    if (stop === -1) {
      return { lines, torn: bytes.length - offset, bytes: offset };
    }
    lines.push(parseLine(lines.length + 1, bytes.subarray(offset, stop)));
    offset = stop + 1;
  }
}

function parseLine(number: number, bytes: Buffer): LogLine {
  try {
    return checkedLine(number, bytes);
  } catch {
    // Not JSON, or JSON that no value of ours has: endless nesting, numbers beyond all bounds.
    return { ok: false, number, why: "is not an entry of the log" };
  }
}

function checkedLine(number: number, bytes: Buffer): LogLine {
  const raw: JsonValue = JSON.parse(bytes.toString("utf8"));
  if (!isObject(raw)) {
    return { ok: false, number, why: "is not an entry of the log" };
  }
  const claims = claimsOf(raw);
  const { hash, signature: _, ...content } = raw;
  if (hash !== canonicalHash(content)) {
    return { ok: false, number, why: "was changed after it was signed", claims };
  }
  if (!Buffer.from(canonicalJson(raw), "utf8").equals(bytes)) {
    return { ok: false, number, why: "is not written byte for byte as it was signed", claims };
  }
  const entry = entrySchema.safeParse(raw);
  return entry.success
    ? { ok: true, number, entry: entry.data, raw }
    : { ok: false, number, why: "lacks what an entry must hold", claims };
}

type JsonObject = { readonly [key: string]: JsonValue };

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function claimsOf({ id, hash }: JsonObject) {
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof hash === "string" && { hash }),
  };
}
