/**
 * Canonical JSON after RFC 8785 (JCS): no white space, keys sorted by UTF-16 code units, numbers
 * and strings as ECMAScript prints them. One value has one text, so its hash means something.
 */
import { createHash } from "node:crypto";

/** Throws on what JSON has no form for (NaN, functions): such a value is a bug, not data. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  if (typeof value === "number" && Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  }
  if (typeof value === "object") {
    return canonicalObject(value);
  }
  throw new TypeError(`Canonical JSON has no form for ${String(value)}`);
}

/** Absent and `undefined` are the same thing, as in JSON itself. */
function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** 64 hex digits: SHA-256 over the canonical JSON, in UTF-8. */
export function canonicalHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");
}

/** What the first line of a chain has before it: always 64 digits, never an empty field. */
export const NOTHING_BEFORE = "0".repeat(64);
