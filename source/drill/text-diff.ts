/**
 * What changed between two texts: by words where both are one line, by lines where they have
 * several. Pure, and bounded: texts too far apart or too long are not compared word by word.
 */
import { alike, type Same, sameTokens } from "./longest-common.ts";

export interface DiffPiece {
  readonly text: string;
  readonly changed: boolean;
}

export interface DiffLine {
  /** `-` was expected and is not there, `+` is there instead, a space is on both sides. */
  readonly sign: "-" | "+" | " ";
  readonly pieces: readonly DiffPiece[];
}

/** Shorter values read better side by side. */
const SHORTEST = 24;
/** Share of the words that both have; with less, two texts read better than a diff. */
const LEAST_ALIKE = 0.5;
/** Characters of one line kept on each side of a change. */
const CONTEXT_CHARACTERS = 40;
const CONTEXT_LINES = 2;
/** Changed lines whose words are compared as well. */
const MOST_PAIRS = 50;
const ELLIPSIS: DiffPiece = { text: "…", changed: false };

/** Undefined where `expected` and `observed` read better as they are. */
export function textDiff(expected: string, observed: string): readonly DiffLine[] | undefined {
  if (expected === observed || Math.min(expected.length, observed.length) < SHORTEST)
    return undefined;
  const [left, right] = [expected.split("\n"), observed.split("\n")];
  if (left.length > 1 || right.length > 1) return lineDiff(left, right);
  const stretches = wordDiff(expected, observed);
  return stretches === undefined ? undefined : linesOf(shortened(stretches));
}

/** A word with the white space after it; each sign by itself. */
const TOKEN = /[\p{L}\p{N}_$]+\s*|[^\p{L}\p{N}_$\s]\s*|\s+/gu;

/** Words of both sides, or of one of them. */
interface Stretch {
  readonly sign: DiffLine["sign"];
  text: string;
}

/** Undefined where they have too little in common, or no word differs. */
function wordDiff(expected: string, observed: string): readonly Stretch[] | undefined {
  const [left, right] = [expected.match(TOKEN) ?? [], observed.match(TOKEN) ?? []];
  const [bareLeft, bareRight] = [left.map(bare), right.map(bare)];
  const same = sameTokens(bareLeft, bareRight);
  if (same.left.every(Boolean) && same.right.every(Boolean)) return undefined;
  const words = (tokens: readonly string[]) => tokens.map((token) => /[\p{L}\p{N}]/u.test(token));
  if (alike(same, words(bareLeft), words(bareRight)) < LEAST_ALIKE) return undefined;
  const stretches: Stretch[] = [];
  for (const { sign, text } of stepsOf({ left, right, same })) {
    const last = stretches.at(-1);
    if (last?.sign === sign) last.text += text;
    else stretches.push({ sign, text });
  }
  return stretches;
}

function bare(token: string): string {
  return token.trim();
}

/** What was expected, then what was observed. */
function linesOf(stretches: readonly Stretch[]): readonly [DiffLine, DiffLine] {
  const line = (sign: "-" | "+"): DiffLine => ({
    sign,
    pieces: stretches
      .filter((one) => one.sign === sign || one.sign === " ")
      .map(({ text, sign: both }, at, all) => ({
        text: at === all.length - 1 ? text.trimEnd() : text,
        changed: both !== " ",
      })),
  });
  return [line("-"), line("+")];
}

/** With the long stretches that are the same cut out. */
function shortened(stretches: readonly Stretch[]): readonly Stretch[] {
  const last = stretches.length - 1;
  return stretches.map(({ sign, text }, at) => ({
    sign,
    text: sign === " " ? cutMiddle(text, { first: at === 0, last: at === last }) : text,
  }));
}

function cutMiddle(
  text: string,
  { first, last }: { readonly first: boolean; readonly last: boolean },
): string {
  const room = CONTEXT_CHARACTERS * (first || last ? 1 : 2);
  if (text.length <= room + CONTEXT_CHARACTERS / 2) return text;
  const head = first ? "" : text.slice(0, CONTEXT_CHARACTERS).replace(/\S*$/u, "");
  const tail = last ? "" : text.slice(-CONTEXT_CHARACTERS).replace(/^\S*\s*/u, "");
  return last ? `${head}…` : `${head}… ${tail}`;
}

interface Step {
  readonly sign: DiffLine["sign"];
  readonly text: string;
}

/** Undefined where no line is on both sides. */
function lineDiff(
  left: readonly string[],
  right: readonly string[],
): readonly DiffLine[] | undefined {
  const same = sameTokens(left.map(bare), right.map(bare));
  if (!same.left.includes(true)) return undefined;
  const steps = stepsOf({ left, right, same });
  return steps.every(({ sign }) => sign === " ") ? undefined : inContext(withWords(steps));
}

interface Sides {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly same: Same;
}

/** One after another; of what both have, the text with more white space. */
function stepsOf({ left, right, same }: Sides): readonly Step[] {
  const steps: Step[] = [];
  let j = 0;
  const putAdded = () => {
    for (; j < right.length && same.right[j] !== true; j += 1) {
      steps.push({ sign: "+", text: right[j] ?? "" });
    }
  };
  for (const [i, text] of left.entries()) {
    if (same.left[i] !== true) {
      steps.push({ sign: "-", text });
      continue;
    }
    putAdded();
    const other = right[j] ?? "";
    j += 1;
    steps.push({ sign: " ", text: text.length > other.length ? text : other });
  }
  putAdded();
  return steps;
}

/** As many lines taken away as put in their place: their words are compared. */
function withWords(steps: readonly Step[]): readonly DiffLine[] {
  const lines: DiffLine[] = steps.map(({ sign, text }) => ({
    sign,
    pieces: [{ text, changed: sign !== " " }],
  }));
  let pairs = 0;
  for (let at = 0; at < steps.length; at += 1) {
    const removed = runOf(steps, at, "-");
    if (removed === 0) continue;
    const added = runOf(steps, at + removed, "+");
    for (let line = 0; removed === added && line < removed && pairs < MOST_PAIRS; line += 1) {
      pairs += 1;
      const [from, to] = [at + line, at + removed + line];
      const stretches = wordDiff(steps[from]?.text ?? "", steps[to]?.text ?? "");
      if (stretches !== undefined) [lines[from], lines[to]] = linesOf(stretches);
    }
    at += removed + added - 1;
  }
  return lines;
}

function runOf(steps: readonly Step[], from: number, sign: Step["sign"]): number {
  let to = from;
  while (steps[to]?.sign === sign) to += 1;
  return to - from;
}

/** The changed lines and a few around them. */
function inContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = lines.map((_, at) =>
    lines
      .slice(Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1)
      .some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, at) => {
    if (near[at] === true) return [line];
    return at === 0 || near[at - 1] === true ? [{ sign: " " as const, pieces: [ELLIPSIS] }] : [];
  });
}
