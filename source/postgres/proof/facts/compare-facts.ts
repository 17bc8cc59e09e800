/** What differs between the primary's definitions and the restored ones. Pure. */
import type { ProofDifference } from "../../../drill/types.ts";
import { display } from "../../display.ts";
import { spreadArrayCasts } from "./array-casts.ts";
import { clipPair } from "./clip.ts";
import { withoutParts } from "./parts.ts";
import { type Departure, isInvalid, type Sides, weightOf } from "./rules.ts";
import { unionOf } from "./same-facts.ts";
import type { Facts } from "./types.ts";

export interface FactsComparison {
  /** Each makes the proof fail. `object` is as in `index public.games_x`. */
  readonly differences: readonly ProofDifference[];
  /** What an operator should know, though a restore cannot or need not bring it back. */
  readonly warnings: readonly string[];
}

/** `expected` is of the primary, at the dump; `observed` of the restored database. */
export function compareFacts(expected: Facts, observed: Facts): FactsComparison {
  const sides: Sides = { expected, observed };
  const departures = withoutParts(departuresOf(sides));
  const weighed = (weight: string) =>
    departures.filter((departure) => weightOf(departure, sides) === weight);
  return {
    differences: weighed("difference").map(told),
    warnings: [...weighed("warning").map(warningOf), ...standing(expected, observed)],
  };
}

function departuresOf({ expected, observed }: Sides): readonly Departure[] {
  return unionOf(expected, observed).flatMap((kind) => {
    const [left, right] = [expected[kind] ?? {}, observed[kind] ?? {}];
    return unionOf(left, right)
      .map((object) => ({ kind, object, expected: left[object], observed: right[object] }))
      .filter((one) => !isSame(one));
  });
}

/** Whose text the server writes itself, from what it has parsed. */
const PRINTED = new Set([
  "column",
  "constraint",
  "domain",
  "function",
  "index",
  "materialized view",
  "policy",
  "procedure",
  "published table",
  "rule",
  "statistics object",
  "table",
  "trigger",
  "view",
]);

function isSame({ kind, expected, observed }: Departure): boolean {
  if (expected === undefined || observed === undefined || expected === observed) {
    return expected === observed;
  }
  return PRINTED.has(kind) && spreadArrayCasts(expected) === spreadArrayCasts(observed);
}

function told({ kind, object, expected, observed }: Departure): ProofDifference {
  return { object: `${kind} ${object}`, ...clipPair(expected, observed, kind) };
}

function warningOf(departure: Departure): string {
  const { object, expected, observed } = told(departure);
  return `${object}: ${expected} on the primary, ${observed} in the restored database`;
}

/** The same on both sides, and still worth a word. */
function standing(expected: Facts, observed: Facts): readonly string[] {
  const both = (kind: string) =>
    Object.entries(expected[kind] ?? {}).filter(
      ([object, text]) => observed[kind]?.[object] === text,
    );
  return [
    ...both("index")
      .filter(([, definition]) => isInvalid(definition))
      .map(([object]) => `index ${object} is invalid on the primary, and so in the restore`),
    ...both("outdated collation").map(
      ([object, how]) => `collation ${object}: ${display(how)}; rebuild what is sorted by it`,
    ),
  ];
}
