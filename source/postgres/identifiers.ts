/** Names are data: quoting for SQL and for people. */
import { fail, ok, type Result } from "../problem.ts";

/** Longest name a server keeps whole (NAMEDATALEN - 1), in UTF-8 bytes. */
export const NAME_BYTES = 63;

/** `"a""b"`. The name must hold no NUL: validate it first. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `'a''b'`, or `E'...'` where a backslash is in it, safe whatever standard_conforming_strings is. */
export function quoteLiteral(text: string): string {
  const quoted = text.replaceAll("'", "''").replaceAll("\\", "\\\\");
  return text.includes("\\") ? `E'${quoted}'` : `'${quoted}'`;
}

/** `schema.table`, both quoted. */
export function qualified(schema: string, name: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/**
 * Checks that a name reaches the server as it is: a longer one is cut there without a word, and
 * two names could become one. `what` is for the message: `database name`.
 */
export function validateName(name: string, what: string): Result<string> {
  const problem = nameProblem(name);
  if (problem === undefined) return ok(name);
  return fail({
    code: "invalid",
    message: `The ${what} ${showName(name)} cannot be used: ${problem}.`,
    hint: `Choose a ${what} of 1 to ${NAME_BYTES} bytes.`,
  });
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name.includes("\0")) return "it holds a NUL character";
  if (!name.isWellFormed()) return "it is not valid Unicode";
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes <= NAME_BYTES) return undefined;
  return `it is ${bytes} bytes long in UTF-8, and PostgreSQL keeps only ${NAME_BYTES}`;
}

/** A name for messages: quoted, with everything a terminal would act on escaped. */
export function showName(name: string): string {
  const escaped = name.replace(
    /[\u0000-\u001f"\\\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    escapeOne,
  );
  return `"${escaped}"`;
}

function escapeOne(character: string): string {
  const short: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    '"': '\\"',
    "\\": "\\\\",
  };
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return short[character] ?? `\\u${code}`;
}
