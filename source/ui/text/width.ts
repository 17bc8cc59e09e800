/** Text measured, cut and wrapped by the columns it takes on a terminal. */
import stringWidth from "string-width";

const SEGMENTER = new Intl.Segmenter();
const PLAIN = /^[\x20-\x7e]*$/;

export function columnsOf(text: string): number {
  return stringWidth(text);
}

export function graphemes(text: string): readonly string[] {
  if (PLAIN.test(text)) return [...text];
  return [...SEGMENTER.segment(text)].map(({ segment }) => segment);
}

/** C0, C1, DEL, line and paragraph separators, and everything that reorders text. */
const DANGEROUS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const SHOWN: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line that shows control characters instead of obeying them. */
export function oneLine(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    const known = SHOWN[character];
    if (known !== undefined) return known;
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Line breaks kept, tabs widened, every other control character shown. */
export function textLines(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => oneLine(line.replaceAll("\t", "    ")).replace(/\s+$/, ""));
}

/** At most `width` columns; what does not fit ends in the ellipsis. */
export function cut(text: string, width: number, ellipsis = "…"): string {
  if (width <= 0) return "";
  if (columnsOf(text) <= width) return text;
  const room = width - columnsOf(ellipsis);
  if (room < 0) return "";
  return takeColumns(text, room) + ellipsis;
}

/** The end of the text instead of its beginning. */
export function cutStart(text: string, width: number, ellipsis = "…"): string {
  if (width <= 0) return "";
  if (columnsOf(text) <= width) return text;
  const room = width - columnsOf(ellipsis);
  let kept = "";
  for (const grapheme of graphemes(text).toReversed()) {
    if (columnsOf(grapheme + kept) > room) break;
    kept = grapheme + kept;
  }
  return room < 0 ? "" : ellipsis + kept;
}

export function takeColumns(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, width));
  let taken = "";
  let used = 0;
  for (const grapheme of graphemes(text)) {
    used += columnsOf(grapheme);
    if (used > width) break;
    taken += grapheme;
  }
  return taken;
}

export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columnsOf(text)));
}

/** Breaks at spaces, and inside words that are wider than a line. Keeps leading spaces. */
export function wrap(text: string, width: number): readonly string[] {
  return textLines(text).flatMap((line) => wrapLine(line, Math.max(1, width)));
}

function wrapLine(line: string, width: number): readonly string[] {
  if (columnsOf(line) <= width) return [line];
  const indent = takeColumns(/^ */.exec(line)?.[0] ?? "", Math.floor(width / 2));
  const lines: string[] = [];
  let current = "";
  for (const word of line.trim().split(/ +/)) {
    const longer = current === "" ? indent + word : `${current} ${word}`;
    if (columnsOf(longer) <= width) {
      current = longer;
      continue;
    }
    if (current !== "") lines.push(current);
    const pieces = splitWord(indent + word, width);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? "";
  }
  return current === "" ? lines : [...lines, current];
}

function splitWord(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let rest = word;
  while (columnsOf(rest) > width) {
    // A grapheme wider than the line still has to go somewhere.
    const piece = takeColumns(rest, width) || (graphemes(rest)[0] ?? "");
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}
