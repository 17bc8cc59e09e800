/** Editing one text with a cursor. The cursor counts graphemes. */
import { graphemes } from "../text/width.ts";

export interface Edited {
  readonly text: string;
  readonly cursor: number;
}

export function insert({ text, cursor }: Edited, added: string): Edited {
  const all = graphemes(text);
  const before = all.slice(0, cursor).join("") + added;
  return { text: before + all.slice(cursor).join(""), cursor: graphemes(before).length };
}

export function remove({ text, cursor }: Edited, from: number, to: number): Edited {
  const all = graphemes(text);
  const start = Math.max(0, from);
  const kept = [...all.slice(0, start), ...all.slice(to)].join("");
  return { text: kept, cursor: cursor <= start ? cursor : start };
}

export function wordStart({ text, cursor }: Edited): number {
  const all = graphemes(text);
  let at = cursor;
  while (at > 0 && all[at - 1]?.trim() === "") at--;
  while (at > 0 && all[at - 1]?.trim() !== "") at--;
  return at;
}

export function lengthOf(text: string): number {
  return graphemes(text).length;
}

const KEYS: Readonly<Record<string, (edited: Edited) => Edited>> = {
  left: (edited) => ({ ...edited, cursor: Math.max(0, edited.cursor - 1) }),
  right: (edited) => ({ ...edited, cursor: Math.min(lengthOf(edited.text), edited.cursor + 1) }),
  home: (edited) => ({ ...edited, cursor: 0 }),
  "ctrl+a": (edited) => ({ ...edited, cursor: 0 }),
  end: (edited) => ({ ...edited, cursor: lengthOf(edited.text) }),
  "ctrl+e": (edited) => ({ ...edited, cursor: lengthOf(edited.text) }),
  backspace: (edited) => remove(edited, edited.cursor - 1, edited.cursor),
  delete: (edited) => remove(edited, edited.cursor, edited.cursor + 1),
  "ctrl+u": (edited) => remove(edited, 0, edited.cursor),
  "ctrl+k": (edited) => remove(edited, edited.cursor, lengthOf(edited.text)),
  "ctrl+w": (edited) => remove(edited, wordStart(edited), edited.cursor),
};

/** Undefined when the key does not edit. */
export function editKey(edited: Edited, key: string): Edited | undefined {
  return KEYS[key]?.(edited);
}
