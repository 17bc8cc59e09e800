/** Whether a JSON document holds what a checklist expects of it, told path by path. */
import type { JsonValue } from "../../checklist/types.ts";

export interface JsonDifference {
  /** `$.checks.database.status`. */
  readonly path: string;
  readonly expected: string;
  readonly observed: string;
}

const SHOWN_CHARACTERS = 200;

/**
 * Objects may hold more than is expected; arrays must have the same length and hold what is
 * expected in the same places; everything else must be the same value of the same type.
 */
export function jsonDifferences(
  expected: JsonValue,
  observed: JsonValue | undefined,
  path = "$",
): readonly JsonDifference[] {
  if (observed === undefined) return [{ path, expected: shown(expected), observed: "nothing" }];
  if (isList(expected)) return listDifferences(expected, observed, path);
  if (isObject(expected)) return objectDifferences(expected, observed, path);
  return Object.is(expected, observed) || expected === observed
    ? []
    : [{ path, expected: shown(expected), observed: shown(observed) }];
}

function listDifferences(
  expected: readonly JsonValue[],
  observed: JsonValue,
  path: string,
): readonly JsonDifference[] {
  if (!isList(observed)) return [{ path, expected: shown(expected), observed: shown(observed) }];
  const length: readonly JsonDifference[] =
    expected.length === observed.length
      ? []
      : [
          {
            path: `${path}.length`,
            expected: String(expected.length),
            observed: String(observed.length),
          },
        ];
  return [
    ...length,
    ...expected.flatMap((value, index) =>
      index < observed.length ? jsonDifferences(value, observed[index], `${path}[${index}]`) : [],
    ),
  ];
}

function objectDifferences(
  expected: { readonly [key: string]: JsonValue },
  observed: JsonValue,
  path: string,
): readonly JsonDifference[] {
  if (!isObject(observed)) return [{ path, expected: shown(expected), observed: shown(observed) }];
  return Object.entries(expected).flatMap(([key, value]) =>
    jsonDifferences(
      value,
      Object.hasOwn(observed, key) ? observed[key] : undefined,
      `${path}${step(key)}`,
    ),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shown(value: JsonValue): string {
  const text = written(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function written(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // A hostile answer can nest deeper than the stack.
    if (error instanceof RangeError) return "a value nested too deep to show";
    throw error;
  }
}
