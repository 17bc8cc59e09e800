/** What was expected and what was observed: two definitions as a coloured diff, values as they are. */
import { type DiffLine, type DiffPiece, textDiff } from "../../drill/text-diff.ts";
import {
  indentRow,
  muted,
  type Row,
  rowColumns,
  type Span,
  span,
  type Tone,
} from "../text/rows.ts";
import { columnsOf, oneLine, takeColumns } from "../text/width.ts";

interface Texts {
  readonly expected?: string;
  readonly observed: string;
}

/** Facts stay the objects they are, and a screen is drawn many times. */
const KNOWN = new WeakMap<Texts, readonly DiffLine[] | null>();

export function diffOf(texts: Texts): readonly DiffLine[] | undefined {
  const known = KNOWN.get(texts);
  if (known !== undefined) return known ?? undefined;
  const { expected, observed } = texts;
  const diff = expected === undefined ? undefined : textDiff(expected, observed);
  KNOWN.set(texts, diff ?? null);
  return diff;
}

const TONE = { "-": "bad", "+": "good", " ": "muted" } as const satisfies Record<string, Tone>;

const LEGEND: Row = [
  span("  -", { tone: TONE["-"], bold: true }),
  muted(" expected "),
  span("+", { tone: TONE["+"], bold: true }),
  muted(" observed"),
];

/** Under the name of the object, beside which the signs are explained where there is room. */
export function diffBlock(
  name: readonly Row[],
  diff: readonly DiffLine[],
  width: number,
): readonly Row[] {
  const [last = [], ...before] = name.toReversed();
  const fits = rowColumns(last) + rowColumns(LEGEND) <= width;
  const head = fits ? [[...last, ...LEGEND]] : [last, LEGEND];
  return [...before.toReversed(), ...head, ...diffRows(diff, width - 2).map(indentRow)];
}

export function diffRows(diff: readonly DiffLine[], width: number): readonly Row[] {
  return diff.flatMap(({ sign, pieces }) => {
    const tone = TONE[sign];
    const cells = pieces.map((piece) => cellOf(piece, sign));
    return wrapCells(cells, Math.max(8, width - 2)).map((row, at) => [
      span(at === 0 ? `${sign} ` : "  ", { tone, bold: true }),
      ...row,
    ]);
  });
}

/** The rest of a changed line is plain, so that the change itself stands out. */
function cellOf({ text, changed }: DiffPiece, sign: DiffLine["sign"]): Span {
  const shown = oneLine(text);
  if (sign === " ") return muted(shown);
  return changed ? span(shown, { tone: TONE[sign], bold: true }) : span(shown);
}

/** Broken between words, each keeping its looks; what follows a break is set in a little. */
function wrapCells(cells: readonly Span[], width: number): readonly Row[] {
  const rows: Span[][] = [[]];
  let used = 0;
  const put = (cell: Span, text: string) => {
    rows.at(-1)?.push({ ...cell, text });
    used += columnsOf(text);
  };
  const breakLine = () => {
    rows.push([span("  ")]);
    used = 2;
  };
  for (const cell of cells) {
    for (const word of cell.text.match(/^\s+|\S+\s*/gu) ?? []) {
      if (used > 2 && used + columnsOf(word.trimEnd()) > width) breakLine();
      let rest = word;
      while (used + columnsOf(rest.trimEnd()) > width) {
        const part = takeColumns(rest, width - used) || rest.slice(0, 1);
        put(cell, part);
        rest = rest.slice(part.length);
        breakLine();
      }
      put(cell, rest);
    }
  }
  return rows;
}
