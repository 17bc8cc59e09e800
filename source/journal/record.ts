/** One line of a journal, and what makes a line the next one of its chain. */
import type { DrillEvent } from "../drill/events.ts";
import { canonicalHash, canonicalJson } from "../log/canonical.ts";

export interface JournalRecord {
  /** From 1. */
  readonly seq: number;
  /** Hash of the line before. */
  readonly previous: string;
  readonly event: DrillEvent;
  /** SHA-256 over the canonical JSON of the other three. */
  readonly hash: string;
}

/** Where a chain stands: what the next line has to continue. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

export function nextRecord(end: ChainEnd, event: DrillEvent): JournalRecord {
  const content = { seq: end.seq + 1, previous: end.hash, event };
  return { ...content, hash: canonicalHash(content) };
}

export function recordLine(record: JournalRecord): string {
  return `${canonicalJson(record)}\n`;
}

export type LineVerdict =
  | { readonly ok: true; readonly record: JournalRecord }
  | { readonly ok: false; readonly why: string };

/** Holds only when it is, byte for byte, the line that was written after `end`. */
export function checkLine(end: ChainEnd, bytes: Buffer): LineVerdict {
  try {
    return checkedLine(end, bytes);
  } catch {
    // Not JSON, or JSON that no event of ours has: endless nesting, numbers beyond all bounds.
    return { ok: false, why: "is not a journal line" };
  }
}

function checkedLine(end: ChainEnd, bytes: Buffer): LineVerdict {
  const record: unknown = JSON.parse(bytes.toString("utf8"));
  if (!isRecord(record)) {
    return { ok: false, why: "is not a journal line" };
  }
  if (record.hash !== contentHash(record)) {
    return { ok: false, why: "was changed after it was written" };
  }
  if (record.seq !== end.seq + 1 || record.previous !== end.hash) {
    return { ok: false, why: "does not follow the line before it" };
  }
  if (!Buffer.from(canonicalJson(record), "utf8").equals(bytes)) {
    return { ok: false, why: "is not written the way this tool writes" };
  }
  return { ok: true, record };
}

function contentHash({ seq, previous, event }: JournalRecord): string {
  return canonicalHash({ seq, previous, event });
}

/**
 * The hash covers the whole event, so an event of the right hash is one this tool wrote; its
 * inner shape needs no second check.
 */
function isRecord(value: unknown): value is JournalRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    typeof value.seq === "number" &&
    "previous" in value &&
    typeof value.previous === "string" &&
    "hash" in value &&
    typeof value.hash === "string" &&
    "event" in value &&
    typeof value.event === "object" &&
    value.event !== null &&
    "type" in value.event
  );
}
