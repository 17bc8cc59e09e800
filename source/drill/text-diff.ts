/**
 * What changed between two texts: by words where both are one line, by lines where they have
 * several. Pure, and bounded: texts too far apart or too long are not compared word by word.
 */
import { alike, sameTokens } from "./longest-common.ts";

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
  const pair = wordDiff(expected, observed);
  return pair === undefined ? undefined : [shortened("-", pair[0]), shortened("+", pair[1])];
}

/** A word with the white space after it; each sign by itself. */
const TOKEN = /[\p{L}\p{N}_$]+\s*|[^\p{L}\p{N}_$\s]\s*|\s+/gu;

type Pair = readonly [readonly DiffPiece[], readonly DiffPiece[]];

/** Undefined where they have too little in common, or no word differs. */
function wordDiff(expected: string, observed: string): Pair | undefined {
  const [left, right] = [expected.match(TOKEN) ?? [], observed.match(TOKEN) ?? []];
  const [bareLeft, bareRight] = [left.map(bare), right.map(bare)];
  const same = sameTokens(bareLeft, bareRight);
  if (same.left.every(Boolean) && same.right.every(Boolean)) return undefined;
  const words = (tokens: readonly string[]) => tokens.map((token) => /[\p{L}\p{N}]/u.test(token));
  if (alike(same, words(bareLeft), words(bareRight)) < LEAST_ALIKE) return undefined;
  return [pieces(left, same.left), pieces(right, same.right)];
}

function bare(token: string): string {
  return token.trim();
}

/** Neighbours of one kind become one piece. */
function pieces(tokens: readonly string[], same: readonly boolean[]): readonly DiffPiece[] {
  const found: { text: string; changed: boolean }[] = [];
  for (const [at, text] of tokens.entries()) {
    const changed = same[at] !== true;
    const last = found.at(-1);
    if (last?.changed === changed) last.text += text;
    else found.push({ text, changed });
  }
  return found;
}

/** With the long stretches that are the same cut out. */
function shortened(sign: DiffLine["sign"], line: readonly DiffPiece[]): DiffLine {
  return {
    sign,
    pieces: line.flatMap((piece, at) => {
      const ends = { first: at === 0, last: at === line.length - 1 };
      return piece.changed ? [piece] : cutMiddle(piece.text, ends);
    }),
  };
}

function cutMiddle(
  text: string,
  { first, last }: { readonly first: boolean; readonly last: boolean },
): readonly DiffPiece[] {
  const room = CONTEXT_CHARACTERS * (first || last ? 1 : 2);
  if (text.length <= room + CONTEXT_CHARACTERS / 2) return [{ text, changed: false }];
  const head = first ? "" : text.slice(0, CONTEXT_CHARACTERS).replace(/\S*$/u, "");
  const tail = last ? "" : text.slice(-CONTEXT_CHARACTERS).replace(/^\S*\s*/u, "");
  return [{ text: `${head}… ${tail}`.trimEnd() + (/\s$/u.test(tail) ? " " : ""), changed: false }];
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
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && same.left[i] !== true) steps.push({ sign: "-", text: left[i++] ?? "" });
    else if (j < right.length && same.right[j] !== true)
      steps.push({ sign: "+", text: right[j++] ?? "" });
    else {
      steps.push({ sign: " ", text: right[j++] ?? "" });
      i++;
    }
  }
  return steps.every(({ sign }) => sign === " ") ? undefined : inContext(withWords(steps));
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
      const pair = wordDiff(steps[from]?.text ?? "", steps[to]?.text ?? "");
      if (pair === undefined) continue;
      lines[from] = { sign: "-", pieces: pair[0] };
      lines[to] = { sign: "+", pieces: pair[1] };
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
