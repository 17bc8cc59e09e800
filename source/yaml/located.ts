/** A YAML document as plain data that still knows where each piece was written. */

export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Offsets into the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap extends Span {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, { readonly key: Span; readonly value: Located }>;
}

export interface LocatedList extends Span {
  readonly kind: "list";
  readonly items: readonly Located[];
}

export interface LocatedScalar extends Span {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

/** Something wrong at a place; `meaning` and `shape` complaints are merged and sorted. */
export interface Complaint {
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
}

export function plain(node: Located): Plain {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
}

export function child(node: Located | undefined, key: PropertyKey): Located | undefined {
  if (node?.kind === "map") return node.entries.get(String(key))?.value;
  if (node?.kind === "list" && typeof key === "number") return node.items[key];
  return undefined;
}

export function keyOf(node: Located | undefined, key: PropertyKey): Span | undefined {
  return node?.kind === "map" ? node.entries.get(String(key))?.key : undefined;
}

export function list(node: Located | undefined): readonly Located[] {
  return node?.kind === "list" ? node.items : [];
}

export function text(node: Located | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** The text of a key of a mapping, if it is text. */
export function textAt(node: Located | undefined, key: string): string | undefined {
  return text(child(node, key));
}

/** Each text in a tree of mappings and lists. */
export function texts(node: Located | undefined): readonly (LocatedScalar & { value: string })[] {
  if (node === undefined) return [];
  if (node.kind === "list") return node.items.flatMap(texts);
  if (node.kind === "map") return [...node.entries.values()].flatMap(({ value }) => texts(value));
  return typeof node.value === "string" ? [{ ...node, value: node.value }] : [];
}

/** Text from a document, safe and short enough to repeat in a message. */
export function quote(written: string): string {
  const clipped = written.length > 60 ? `${written.slice(0, 57)}...` : written;
  return JSON.stringify(clipped).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
