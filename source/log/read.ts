/** Reading the log back, line by line, trusting none of it. */
import { readFile } from "node:fs/promises";
import type { JsonValue } from "../checklist/types.ts";
import { fail, ok, type Result } from "../problem.ts";
import { type Approval, type ApprovalState, approvalSchema, undecided } from "./approval.ts";
import { judgeApprovals } from "./approvals.ts";
import { canonicalHash, canonicalJson } from "./canonical.ts";
import { entrySchema, type LogEntry } from "./types.ts";

export type LogLine = EntryLine | ApprovalLine | BadLine;

/** The line is what was written, as far as its own hash can tell. */
export interface EntryLine {
  readonly ok: true;
  readonly kind: "entry";
  /** From 1. */
  readonly number: number;
  readonly entry: LogEntry;
  /** The entry as it stands in the file, with fields a newer version may have added. */
  readonly raw: JsonValue;
}

/** Somebody's word about an entry before it; whether it counts is for `judgeApprovals` to say. */
export interface ApprovalLine {
  readonly ok: true;
  readonly kind: "approval";
  readonly number: number;
  readonly record: Approval;
  readonly raw: JsonValue;
}

/** An entry with what approvers said of it. */
export interface GoodLine extends EntryLine {
  readonly approval: ApprovalState;
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
  const records = recordLines(contents);
  const { states } = judgeApprovals(records);
  return records
    .filter((line) => line.kind === "entry")
    .map((line) => ({ ...line, approval: states.get(line.entry.hash) ?? undecided(line.entry) }));
}

/** Entries and approvals, as they follow each other. */
export function recordLines({ lines }: LogContents): readonly (EntryLine | ApprovalLine)[] {
  return lines.filter((line) => line.ok);
}

/** What every record has, whatever it says. */
export type Sealed = Pick<LogEntry, "id" | "previous" | "hash" | "signature" | "signer">;

export function sealOf(line: EntryLine | ApprovalLine): Sealed {
  return line.kind === "entry" ? line.entry : line.record;
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
  return raw.record === "approval"
    ? approvalLine(number, raw, claims)
    : entryLine(number, raw, claims);
}

type Claims = NonNullable<BadLine["claims"]>;

function entryLine(number: number, raw: JsonObject, claims: Claims): LogLine {
  const entry = entrySchema.safeParse(raw);
  return entry.success
    ? { ok: true, kind: "entry", number, entry: entry.data, raw }
    : { ok: false, number, why: "lacks what an entry must hold", claims };
}

function approvalLine(number: number, raw: JsonObject, claims: Claims): LogLine {
  const record = approvalSchema.safeParse(raw);
  return record.success
    ? { ok: true, kind: "approval", number, record: record.data, raw }
    : { ok: false, number, why: "lacks what an approval must hold", claims };
}

type JsonObject = { readonly [key: string]: JsonValue };

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function claimsOf({ id, hash }: JsonObject): Claims {
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof hash === "string" && { hash }),
  };
}
