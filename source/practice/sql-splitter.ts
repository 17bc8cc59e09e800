/**
 * Splits a stream of SQL into statements where psql would: quotes, E'' strings, dollar quotes,
 * nested comments, parentheses and `BEGIN ATOMIC` bodies keep their semicolons.
 * Rules from PostgreSQL's psqlscan.l; standard_conforming_strings is taken to be on.
 */

export interface SqlPiece {
  readonly kind: "statement" | "meta-command" | "unfinished";
  readonly text: string;
  /** Where its first word stands; lines count from 1. */
  readonly line: number;
}

type Mode =
  | { readonly kind: "code" }
  | { readonly kind: "string"; readonly escapes: boolean }
  | { readonly kind: "until"; readonly end: string }
  | { readonly kind: "comment"; depth: number };

const CODE: Mode = { kind: "code" };
const STRING: Mode = { kind: "string", escapes: false };
const ESCAPE_STRING: Mode = { kind: "string", escapes: true };

const WORD = "[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*";
/** What matters in code; a number is taken whole so that `1$a$` opens nothing. */
const TOKEN = new RegExp(`${WORD}|\\d[\\w.$]*|--|/\\*|[^\\s]`, "g");
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const DOLLAR_START = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?$/y;
const COMMENT_MARK = /\/\*|\*\//g;
const STRING_MARK = /\\[\s\S]|''|'/g;
const CONTINUED = /[^\S\n]*\n\s*'/y;
const BLANK_TO_END = /\s*$/y;
const STARTS_WORD = new RegExp(WORD, "y");

export class SqlSplitter {
  #text = "";
  #at = 0;
  #mode: Mode = CODE;
  #line = 1;
  #first: number | undefined;
  #parentheses = 0;
  #begins = 0;
  #words: string[] = [];
  #last = false;

  /** Statements that are complete with this much more text. */
  push(text: string): readonly SqlPiece[] {
    this.#text += text;
    return this.#scan();
  }

  /** What is left at the end of the text; an unfinished statement is given as such. */
  end(): readonly SqlPiece[] {
    this.#last = true;
    const pieces = [...this.#scan()];
    const inside = this.#mode.kind === "string" || this.#mode.kind === "until";
    if (this.#first !== undefined || inside || this.#mode.kind === "comment") {
      pieces.push(this.#take("unfinished", this.#text.length));
    }
    return pieces;
  }

  #scan(): readonly SqlPiece[] {
    const pieces: SqlPiece[] = [];
    for (;;) {
      const piece = this.#step();
      if (piece === "wait") return pieces;
      if (piece !== undefined) pieces.push(piece);
    }
  }

  #step(): SqlPiece | "wait" | undefined {
    const mode = this.#mode;
    if (mode.kind === "code") return this.#code();
    if (mode.kind === "string") return mode.escapes ? this.#escapeString() : this.#until("'");
    if (mode.kind === "until") return this.#until(mode.end);
    return this.#comment(mode);
  }

  #code(): SqlPiece | "wait" | undefined {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    if (found === null) {
      this.#at = this.#text.length;
      return "wait";
    }
    const token = found[0];
    this.#at = found.index;
    const end = found.index + token.length;
    // At the very end of the text, the next piece may go on with this token.
    if (!this.#last && end === this.#text.length && token !== ";") return "wait";
    if (token === "--" || token === "/*") return this.#enterComment(token, end);
    if (token === "\\") return this.#metaCommand();
    if (token === "$") return this.#dollar(end);
    this.#first ??= found.index;
    this.#at = end;
    return this.#token(token);
  }

  #token(token: string): SqlPiece | undefined {
    if (token === "'") this.#mode = STRING;
    else if (token === '"') this.#mode = { kind: "until", end: '"' };
    else if (token === "(") this.#parentheses += 1;
    else if (token === ")") this.#parentheses = Math.max(0, this.#parentheses - 1);
    else if (token === ";") return this.#semicolon();
    else this.#word(token);
    return undefined;
  }

  #semicolon(): SqlPiece | undefined {
    if (this.#parentheses > 0 || this.#begins > 0) return undefined;
    return this.#take("statement", this.#at);
  }

  #word(token: string): void {
    if (/^e$/i.test(token) && this.#text[this.#at] === "'") {
      this.#at += 1;
      this.#mode = ESCAPE_STRING;
      return;
    }
    STARTS_WORD.lastIndex = 0;
    if (!STARTS_WORD.test(token)) return;
    const word = token.toLowerCase();
    if (this.#words.length < 4) this.#words.push(word);
    if (this.#parentheses > 0 || !this.#makesRoutine()) return;
    if (word === "begin" || (word === "case" && this.#begins > 0)) this.#begins += 1;
    else if (word === "end" && this.#begins > 0) this.#begins -= 1;
  }

  #makesRoutine(): boolean {
    return /^create (or replace )?(function|procedure)\b/.test(this.#words.join(" "));
  }

  #enterComment(token: string, end: number): undefined {
    this.#at = end;
    this.#mode = token === "--" ? { kind: "until", end: "\n" } : { kind: "comment", depth: 1 };
    return undefined;
  }

  #dollar(end: number): "wait" | undefined {
    const start = this.#at;
    DOLLAR_TAG.lastIndex = start;
    const tag = DOLLAR_TAG.exec(this.#text)?.[0];
    DOLLAR_START.lastIndex = start;
    if (tag === undefined && !this.#last && DOLLAR_START.test(this.#text)) return "wait";
    this.#first ??= start;
    this.#at = tag === undefined ? end : start + tag.length;
    if (tag !== undefined) this.#mode = { kind: "until", end: tag };
    return undefined;
  }

  /** A doubled quote ends a string and starts the next, which comes to the same. */
  #until(end: string): "wait" | undefined {
    const found = this.#text.indexOf(end, this.#at);
    if (found === -1) {
      const kept = Math.max(this.#at, this.#text.length - end.length + 1);
      this.#at = kept;
      if (this.#last && end === "\n") this.#mode = CODE;
      return "wait";
    }
    this.#at = found + end.length;
    this.#mode = CODE;
    return undefined;
  }

  #escapeString(): "wait" | undefined {
    STRING_MARK.lastIndex = this.#at;
    const found = STRING_MARK.exec(this.#text);
    const end = found === null ? this.#text.length : found.index + found[0].length;
    if (found === null) {
      // A lone backslash at the end still waits for what it escapes.
      this.#at = this.#text.endsWith("\\") ? Math.max(this.#at, end - 1) : end;
      return "wait";
    }
    if (found[0] !== "'") {
      this.#at = end;
      return undefined;
    }
    this.#at = found.index;
    BLANK_TO_END.lastIndex = end;
    if (!this.#last && BLANK_TO_END.test(this.#text)) return "wait";
    CONTINUED.lastIndex = end;
    const continued = CONTINUED.exec(this.#text);
    this.#at = continued === null ? end : end + continued[0].length;
    if (continued === null) this.#mode = CODE;
    return undefined;
  }

  #comment(mode: { depth: number }): "wait" | undefined {
    COMMENT_MARK.lastIndex = this.#at;
    const found = COMMENT_MARK.exec(this.#text);
    if (found === null) {
      this.#at = Math.max(this.#at, this.#text.length - 1);
      return "wait";
    }
    this.#at = found.index + 2;
    mode.depth += found[0] === "/*" ? 1 : -1;
    if (mode.depth === 0) this.#mode = CODE;
    return undefined;
  }

  #metaCommand(): SqlPiece | "wait" {
    const end = this.#text.indexOf("\n", this.#at);
    if (end === -1 && !this.#last) return "wait";
    this.#first ??= this.#at;
    return this.#take("meta-command", end === -1 ? this.#text.length : end);
  }

  #take(kind: SqlPiece["kind"], end: number): SqlPiece {
    const first = this.#first ?? this.#at;
    const line = this.#line + newlines(this.#text, 0, first);
    const text = this.#text.slice(first, end);
    this.#line += newlines(this.#text, 0, end);
    this.#text = this.#text.slice(end);
    this.#at = 0;
    this.#first = undefined;
    this.#mode = CODE;
    this.#parentheses = 0;
    this.#begins = 0;
    this.#words = [];
    return { kind, text, line };
  }
}

/** Newlines of `text` in `[from, to)`. */
export function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    count += 1;
  }
  return count;
}
