/** Putting values in the place of references. */
import { fragments } from "./references.ts";
import type { JsonValue } from "./types.ts";

export type Values = Readonly<Record<string, string>>;

/** Either the text, or the names that have no value, each once. */
export type Expansion<T = string> =
  | { readonly text: T; readonly missing?: undefined }
  | { readonly missing: readonly string[]; readonly text?: undefined };

/** Replaces each `${NAME}` once; what a value holds is data and is not looked into. */
export function expand(text: string, values: Values): Expansion {
  return expandWith(text, values, (value) => value);
}

/** For regular expressions: values stand for themselves, whatever characters they hold. */
export function expandPattern(text: string, values: Values): Expansion {
  return expandWith(text, values, (value) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
}

function expandWith(text: string, values: Values, put: (value: string) => string): Expansion {
  const missing = new Set<string>();
  const parts = fragments(text).map((part) => {
    if (part.kind === "text") return part.text;
    // The loader refuses malformed references, so what is left of them is shown as written.
    if (part.kind === "malformed") return part.written;
    const value = lookUp(part.name, values);
    if (value === undefined) missing.add(part.name);
    return put(value ?? "");
  });
  return missing.size > 0 ? { missing: [...missing] } : { text: parts.join("") };
}

/** Expands every text in the inputs of an action; keys stay as they are. */
export function expandInputs(
  inputs: Readonly<Record<string, JsonValue>>,
  values: Values,
): Expansion<Readonly<Record<string, JsonValue>>> {
  const missing = new Set<string>();
  const expanded = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, expandJson(value, values, missing)]),
  );
  return missing.size > 0 ? { missing: [...missing] } : { text: expanded };
}

function expandJson(value: JsonValue, values: Values, missing: Set<string>): JsonValue {
  if (typeof value === "string") {
    const expansion = expand(value, values);
    for (const name of expansion.missing ?? []) missing.add(name);
    return expansion.text ?? value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((each) => expandJson(each, values, missing));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, expandJson(each, values, missing)]),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Own properties only: a variable may be called `constructor`. */
export function lookUp(name: string, values: Values): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** For showing: references without a value stay as they are written. */
export function showText(text: string, values: Values): string {
  const { missing = [] } = expand(text, values);
  return expand(text, withPlaceholders(values, missing)).text ?? text;
}

export function withPlaceholders(values: Values, names: readonly string[]): Values {
  return { ...values, ...Object.fromEntries(names.map((name) => [name, `\${${name}}`])) };
}
