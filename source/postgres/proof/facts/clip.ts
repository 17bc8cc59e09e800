/** Definitions for people: what is around the difference, code in its own lines, the rest in one. */
import { display } from "../../display.ts";

const LONGEST = 300;
const BEFORE = 80;

/** Kinds whose definitions are code that people have laid out in lines. */
const CODE = new Set(["function", "materialized view", "procedure", "rule", "view"]);
/** Characters of both sides together that read better on one line each. */
const SHORT = 160;
/** Lines kept before the first difference and after the last. */
const LINES_AROUND = 3;
const LONGEST_LINES = 600;

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
  if (CODE.has(kind) && left.length + right.length > SHORT && fold(expected) !== fold(observed)) {
    return clipLines(linesOf(expected), linesOf(observed));
  }
  return clipAround(left, right);
}

/** Both from the same place on, a little before the first difference. */
export function clipAround(left: string, right: string): ClippedPair {
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

function linesOf(definition: string): readonly string[] {
  return definition
    .replaceAll("\t", "    ")
    .split("\n")
    .map((line) => display(line.trimEnd()));
}

/** From the lines before the first difference to those after the last, as far as there is room. */
function clipLines(left: readonly string[], right: readonly string[]): ClippedPair {
  const shorter = Math.min(left.length, right.length);
  const start = linesInCommon(left, right);
  const end = Math.min(shorter - start, linesInCommon(left.toReversed(), right.toReversed()));
  const from = Math.max(0, start - LINES_AROUND);
  const after = Math.max(0, end - LINES_AROUND);
  const longest = Math.max(left[start]?.length ?? 0, right[start]?.length ?? 0);
  const inLine = firstDifference(left[start] ?? "", right[start] ?? "");
  const column = longest <= LONGEST ? 0 : Math.max(0, inLine - BEFORE);
  const cut = (lines: readonly string[]) =>
    joined(
      lines.map((line, at) => (line === "" ? line : clip(line, at === start ? column : 0))),
      { from, to: lines.length - after },
    );
  return { expected: cut(left), observed: cut(right) };
}

function linesInCommon(left: readonly string[], right: readonly string[]): number {
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at += 1;
  return at;
}

function joined(
  lines: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const kept: string[] = [];
  let room = LONGEST_LINES;
  for (const line of lines.slice(from, to)) {
    room -= line.length;
    if (room < 0 && kept.length > LINES_AROUND) break;
    kept.push(line);
  }
  const more = from + kept.length < lines.length;
  return [...(from > 0 ? ["…"] : []), ...kept, ...(more ? ["…"] : [])].join("\n");
}
