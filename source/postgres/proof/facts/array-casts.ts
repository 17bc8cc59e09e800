/**
 * `x IN ('a', 'b')` of a varchar is printed in one form before a restore and in another after it:
 * `(ARRAY[a, b])::text[]` is read back as `ARRAY[(a)::text, (b)::text]`. Both become the second.
 */

const CAST = /^\)::((?:"(?:[^"]|"")*"|[a-zA-Z_0-9 .]|\(\d+(?:,\d+)?\))+)\[\]/u;
const START = "(ARRAY[";

/** Text inside quotes is never touched. */
export function spreadArrayCasts(text: string): string {
  if (!text.includes(START)) return text;
  let result = "";
  let at = 0;
  while (at < text.length) {
    const found = text.startsWith(START, at) ? castAt(text, at) : undefined;
    if (found !== undefined) {
      result += found.text;
      at = found.end;
    } else {
      const end = Math.max(quotedEnd(text, at), at + 1);
      result += text.slice(at, end);
      at = end;
    }
  }
  return result;
}

interface Found {
  readonly text: string;
  readonly end: number;
}

function castAt(text: string, start: number): Found | undefined {
  const list = elementsFrom(text, start + START.length);
  if (list === undefined) return undefined;
  const cast = CAST.exec(text.slice(list.end, list.end + 300));
  const type = cast?.[1];
  if (cast === null || type === undefined) return undefined;
  const spread = list.elements.map((element) => `(${spreadArrayCasts(element)})::${type}`);
  return { text: `ARRAY[${spread.join(", ")}]`, end: list.end + cast[0].length };
}

interface Elements {
  readonly elements: readonly string[];
  /** Right after the closing bracket. */
  readonly end: number;
}

/** Splits at the commas that are not inside brackets or quotes. */
function elementsFrom(text: string, start: number): Elements | undefined {
  const elements: string[] = [];
  let depth = 0;
  let from = start;
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "]" && depth === 0) {
      elements.push(text.slice(from, at));
      return { elements, end: at + 1 };
    }
    if (character === "," && depth === 0) {
      elements.push(text.slice(from, at));
      from = text.charAt(at + 1) === " " ? at + 2 : at + 1;
    }
    depth += depthChange(character);
    at = Math.max(quotedEnd(text, at), at + 1);
  }
  return undefined;
}

function depthChange(character: string): number {
  if (character === "(" || character === "[") return 1;
  return character === ")" || character === "]" ? -1 : 0;
}

/** Where the quoted text that begins here ends; 0 when none does. */
function quotedEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  if (quote === "$") return dollarEnd(text, at);
  if (quote !== "'" && quote !== '"') return 0;
  const escapes =
    quote === "'" && /(?:^|[^A-Za-z0-9_])E$/u.test(text.slice(Math.max(0, at - 2), at));
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== quote) {
    end += escapes && text.charAt(end) === "\\" ? 2 : 1;
  }
  return end + 1;
}

function dollarEnd(text: string, at: number): number {
  const tag = /^\$(?:[A-Za-z_][A-Za-z_0-9]*)?\$/u.exec(text.slice(at, at + 100))?.[0];
  if (tag === undefined) return 0;
  const close = text.indexOf(tag, at + tag.length);
  return close < 0 ? text.length : close + tag.length;
}
