/**
 * Finds the `setval` statements of a plain dump without being taken in by rows, function bodies or
 * comments that look like one. Rows are passed over at the speed of a search.
 */
import { parseSetval, type SetSequence } from "./setval.ts";

type Mode =
  | { readonly kind: "code" }
  | { readonly kind: "copy" }
  /** Inside a quoted thing that ends with `end`. */
  | { readonly kind: "quoted"; readonly end: string; readonly escapes: boolean }
  | { readonly kind: "comment"; readonly depth: number };

const CODE: Mode = { kind: "code" };
const END_OF_COPY = Buffer.from("\n\\.\n");
const NEWLINE = 0x0a;
/** A name may hold newlines; a statement of more lines is none of these. */
const MOST_LINES = 70;

/** What opens something in code. In latin1, so that every byte is one character. */
const OPENS =
  /(?<![\w$\x80-\xff])[eE]'|'|"|(?<![\w$\x80-\xff])\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$|--|\/\*/g;
const COMMENT_MARK = /\/\*|\*\//g;

export class PlainScanner {
  readonly found: SetSequence[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #mode: Mode = CODE;
  #statement: string[] | undefined;

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      const next = this.#mode.kind === "copy" ? endOfCopy(bytes, at) : endOfLine(bytes, at);
      if (next === undefined) break;
      if (this.#mode.kind === "copy") this.#mode = CODE;
      else this.#line(bytes.subarray(at, next - 1));
      // The end of rows is a line of its own, and may follow at once: look from this newline on.
      at = this.#mode.kind === "copy" ? next - 1 : next;
    }
    // Of rows, only what may be the beginning of their end.
    const from = this.#mode.kind === "copy" ? Math.max(at, bytes.length - 3) : at;
    this.#rest = Buffer.from(bytes.subarray(from));
  }

  #line(bytes: Buffer): void {
    const line = bytes.toString("latin1");
    const begins = this.#mode.kind === "code" && this.#statement === undefined;
    if (begins && line.startsWith("COPY ") && line.endsWith(" FROM stdin;")) {
      this.#mode = { kind: "copy" };
      return;
    }
    if (begins && line.startsWith("SELECT pg_catalog.setval(")) this.#statement = [];
    this.#mode = after(line, this.#mode);
    this.#collect(bytes.toString("utf8"));
  }

  #collect(line: string): void {
    if (this.#statement === undefined) return;
    this.#statement.push(line);
    const open = this.#mode.kind !== "code" && this.#statement.length < MOST_LINES;
    if (open) return;
    const parsed = parseSetval(this.#statement.join("\n"));
    if (parsed !== undefined) this.found.push(parsed);
    this.#statement = undefined;
  }
}

function endOfLine(bytes: Buffer, from: number): number | undefined {
  const found = bytes.indexOf(NEWLINE, from);
  return found < 0 ? undefined : found + 1;
}

function endOfCopy(bytes: Buffer, from: number): number | undefined {
  const found = bytes.indexOf(END_OF_COPY, from);
  return found < 0 ? undefined : found + END_OF_COPY.length;
}

/** In which mode a line leaves off. */
function after(line: string, mode: Mode): Mode {
  let now = mode;
  let at = 0;
  while (at < line.length) {
    const step = now.kind === "code" ? open(line, at) : close(line, at, now);
    if (step === undefined) break;
    [now, at] = step;
  }
  return now;
}

function open(line: string, at: number): readonly [Mode, number] | undefined {
  OPENS.lastIndex = at;
  const found = OPENS.exec(line);
  if (found === null || found[0] === "--") return undefined;
  const end = found.index + found[0].length;
  if (found[0] === "/*") return [{ kind: "comment", depth: 1 }, end];
  const escapes = found[0].length === 2 && found[0].endsWith("'");
  return [{ kind: "quoted", end: escapes ? "'" : found[0], escapes }, end];
}

function close(line: string, at: number, mode: Mode): readonly [Mode, number] | undefined {
  if (mode.kind === "comment") return closeComment(line, at, mode.depth);
  if (mode.kind !== "quoted") return undefined;
  if (!mode.escapes) {
    const found = line.indexOf(mode.end, at);
    return found < 0 ? undefined : [CODE, found + mode.end.length];
  }
  for (let here = at; here < line.length; here += 1) {
    if (line[here] === "\\") here += 1;
    else if (line[here] === "'") return [CODE, here + 1];
  }
  return undefined;
}

function closeComment(
  line: string,
  at: number,
  depth: number,
): readonly [Mode, number] | undefined {
  COMMENT_MARK.lastIndex = at;
  const found = COMMENT_MARK.exec(line);
  if (found === null) return undefined;
  const left = depth + (found[0] === "/*" ? 1 : -1);
  return [left === 0 ? CODE : { kind: "comment", depth: left }, found.index + 2];
}
