/** What a dump says of a sequence: `SELECT pg_catalog.setval('public.s', 7, true);`. */
import type { SequencePosition } from "../manifest.ts";

const SETVAL =
  /^\s*SELECT pg_catalog\.setval\((E?'(?:[^'\\]|''|\\.)*'), (-?\d+), (true|false)\);?\s*$/su;
const PART = /^(?:"((?:[^"]|"")+)"|([^".]+))(\.|$)/su;

export interface SetSequence {
  readonly schema: string;
  readonly name: string;
  readonly position: SequencePosition;
}

/** undefined for any other statement. */
export function parseSetval(statement: string): SetSequence | undefined {
  const [, literal = "", value = "", called] = SETVAL.exec(statement) ?? [];
  const [schema, name, ...more] = qualifiedParts(unquote(literal)) ?? [];
  if (schema === undefined || name === undefined || more.length > 0) return undefined;
  return { schema, name, position: { value, called: called === "true" } };
}

function unquote(literal: string): string {
  const escaped = literal.startsWith("E");
  const inner = literal.slice(escaped ? 2 : 1, -1).replaceAll("''", "'");
  return escaped ? inner.replaceAll("\\\\", "\\") : inner;
}

function qualifiedParts(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let rest = text;
  while (rest !== "") {
    const [whole, quoted, plain, dot] = PART.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    parts.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    rest = rest.slice(whole.length);
    if (dot === "" && rest !== "") return undefined;
  }
  return parts;
}
