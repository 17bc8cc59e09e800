/** What the main pane shows: an overview that fits, and a document to scroll and search. */
import { type Row, rowText } from "../text/rows.ts";

export interface Doc {
  /** At most `height` rows, the most telling ones. */
  overview(height: number): readonly Row[];
  readonly length: number;
  row(index: number): Row;
  /** First row that is still known; earlier output may have gone out of memory. */
  readonly first: number;
}

export function docOf(rows: readonly Row[]): Doc {
  return {
    overview: (height) => rows.slice(0, height),
    length: rows.length,
    row: (index) => rows[index] ?? [],
    first: 0,
  };
}

/** The rows to show at a scroll position, or the overview. */
export function visibleRows(doc: Doc, height: number, scroll: number | undefined): readonly Row[] {
  if (scroll === undefined) return doc.overview(height);
  const from = clampScroll(doc, height, scroll);
  const count = Math.min(height, doc.length - from);
  return Array.from({ length: Math.max(0, count) }, (_, index) => doc.row(from + index));
}

export function clampScroll(doc: Doc, height: number, scroll: number): number {
  return Math.max(0, Math.min(scroll, doc.length - height));
}

/** Row numbers that hold the text; small letters find capitals as well. */
export function findRows(doc: Doc, query: string): readonly number[] {
  if (query === "") return [];
  const exact = query !== query.toLowerCase();
  const hits: number[] = [];
  for (let index = 0; index < doc.length; index++) {
    const text = plain(rowText(doc.row(index)));
    if ((exact ? text : text.toLowerCase()).includes(query)) hits.push(index);
  }
  return hits;
}

/** Without colour codes. */
export function plain(text: string): string {
  return text.includes("\x1b") ? text.replace(/\x1b\[[\d;:]*m/g, "") : text;
}
