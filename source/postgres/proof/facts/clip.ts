/** Definitions for people: one line, around what differs. */
import { display } from "../../display.ts";

const LONGEST = 300;
const BEFORE = 80;

export interface ClippedPair {
  readonly expected: string;
  readonly observed: string;
}

/** undefined stands for an object that is not there. */
export function clipPair(
  expected: string | undefined,
  observed: string | undefined,
  kind: string,
): ClippedPair {
  const [left, right] = oneLine(expected ?? "", observed ?? "");
  if (expected === undefined) return { expected: `no such ${kind}`, observed: clip(right, 0) };
  if (observed === undefined) return { expected: clip(left, 0), observed: "missing" };
  const longest = Math.max(left.length, right.length);
  const from = longest <= LONGEST ? 0 : Math.max(0, firstDifference(left, right) - BEFORE);
  return { expected: clip(left, from), observed: clip(right, from) };
}

/** White space is folded, unless it is all that differs. */
function oneLine(left: string, right: string): readonly [string, string] {
  const folded = [fold(left), fold(right)] as const;
  if (folded[0] !== folded[1]) return [display(folded[0]), display(folded[1])];
  return [display(left), display(right)];
}

function fold(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

function clip(text: string, from: number): string {
  const shown = text.slice(from, from + LONGEST);
  const before = from > 0 ? "…" : "";
  const after = from + LONGEST < text.length ? "…" : "";
  return `${before}${shown}${after}` || "empty";
}
