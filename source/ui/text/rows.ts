/** A screen is rows of spans: plain data that view-models make and one component shows. */
import { columnsOf, cut, oneLine, wrap } from "./width.ts";

export type Tone = "good" | "bad" | "warn" | "info" | "accent" | "muted";

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
  /** Address of an OSC 8 hyperlink. */
  readonly link?: string;
  /** Holds colour codes: shown as it is, cut by the renderer. */
  readonly coloured?: boolean;
}

export type Row = readonly Span[];
type Style = Omit<Span, "text">;

export const BLANK: Row = [];

export function span(text: string, style: Style = {}): Span {
  return { ...style, text };
}

export function row(text: string, style: Style = {}): Row {
  return [{ ...style, text }];
}

export function muted(text: string): Span {
  return { text, tone: "muted" };
}

export function rowColumns(cells: Row): number {
  return cells.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

export function rowText(cells: Row): string {
  return cells.map(({ text }) => text).join("");
}

/** The row, cut to so many columns. */
export function fitRow(cells: Row, width: number, ellipsis = "…"): Row {
  if (rowColumns(cells) <= width) return cells;
  const fitted: Span[] = [];
  let left = width;
  for (const [index, cell] of cells.entries()) {
    const rest = rowColumns(cells.slice(index + 1));
    const columns = columnsOf(cell.text);
    if (columns < left || (columns === left && rest === 0)) {
      fitted.push(cell);
      left -= columns;
      continue;
    }
    fitted.push({ ...cell, text: cut(cell.text + (rest > 0 ? "  " : ""), left, ellipsis) });
    break;
  }
  return fitted;
}

/** Left and right parts on one row; the right one wins when there is no room for both. */
export function spread(left: Row, right: Row, width: number): Row {
  const end = fitRow(right, width);
  const room = width - rowColumns(end);
  if (room < 2) return end;
  const start = fitRow(left, rowColumns(end) === 0 ? room : room - 1);
  const gap = width - rowColumns(start) - rowColumns(end);
  return [...start, span(" ".repeat(gap)), ...end];
}

/** A text wrapped to the width, each line in the style. */
export function paragraph(text: string, width: number, style: Style = {}): readonly Row[] {
  return wrap(text, width).map((line) => row(line, style));
}

/** `label  value`, the value wrapped beside the label. */
export function labelled(label: string, value: string, options: LabelOptions): readonly Row[] {
  const { width, labelWidth, style = {} } = options;
  const room = width - labelWidth;
  if (room < 16) {
    return [[muted(oneLine(label))], ...paragraph(value, width - 2, style).map(indentRow)];
  }
  return wrap(value, room).map((line, index) => [
    muted((index === 0 ? label : "").padEnd(labelWidth)),
    { ...style, text: line },
  ]);
}

export interface LabelOptions {
  readonly width: number;
  readonly labelWidth: number;
  readonly style?: Style;
}

export function indentRow(cells: Row): Row {
  return [span("  "), ...cells];
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/** Wrapped text whose web addresses are links that can be read as well. */
export function linked(text: string, width: number): readonly Row[] {
  const addresses = text.match(ADDRESS) ?? [];
  let open: OpenLink | undefined;
  return wrap(text, width).map((line) => {
    const done = linkRow(line, addresses, open);
    open = done.open;
    return done.cells;
  });
}

/** An address that goes on on the next line. */
interface OpenLink {
  readonly address: string;
  readonly rest: string;
}

function linkRow(line: string, addresses: readonly string[], open: OpenLink | undefined) {
  const cells: Span[] = [];
  let from = 0;
  let goesOn: OpenLink | undefined;
  for (const match of line.matchAll(/\S+/g)) {
    const found = linkIn(match[0], addresses, from === 0 ? open : undefined);
    if (found === undefined) continue;
    const at = match.index + found.at;
    if (at > from) cells.push(span(line.slice(from, at)));
    cells.push({ text: found.shown, link: found.address, underline: true, tone: "accent" });
    from = at + found.shown.length;
    goesOn = found.rest === "" ? undefined : { address: found.address, rest: found.rest };
  }
  if (from < line.length || cells.length === 0) cells.push(span(line.slice(from)));
  return { cells, open: goesOn };
}

function linkIn(word: string, addresses: readonly string[], open: OpenLink | undefined) {
  if (open?.rest.startsWith(word)) {
    return { at: 0, shown: word, address: open.address, rest: open.rest.slice(word.length) };
  }
  if (open !== undefined && word.startsWith(open.rest)) {
    return { at: 0, shown: open.rest, address: open.address, rest: "" };
  }
  const whole = addresses.find((address) => word.includes(address));
  if (whole !== undefined)
    return { at: word.indexOf(whole), shown: whole, address: whole, rest: "" };
  const at = word.search(/https?:/);
  const start = word.slice(at);
  const begun = at < 0 ? undefined : addresses.find((address) => address.startsWith(start));
  return begun === undefined
    ? undefined
    : { at, shown: start, address: begun, rest: begun.slice(start.length) };
}
