/** How hostile names and paths are written in messages, checks and tables. */
import { showName } from "./identifiers.ts";

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** One line, with control and direction characters spelled out, so that a name cannot fake output. */
export function display(name: string): string {
  return name.replace(UNSAFE, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** `public.games`; parts that are no plain identifiers are quoted. */
export function displayQualified(schema: string, name: string): string {
  return `${displayPart(schema)}.${displayPart(name)}`;
}

function displayPart(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/u.test(name) ? name : showName(name);
}

/** `a, b and 3 more`. */
export function displayList(names: readonly string[], shown = 5): string {
  const more = names.length - shown;
  const listed = names.slice(0, shown).join(", ");
  return more > 0 ? `${listed} and ${more} more` : listed;
}
