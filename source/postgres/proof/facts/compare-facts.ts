/** What differs between the primary's definitions and the restored ones. Pure. */
import type { ProofDifference } from "../../../drill/types.ts";
import { clipPair } from "./clip.ts";
import { unionOf } from "./same-facts.ts";
import type { Facts } from "./types.ts";

export interface FactsComparison {
  readonly differences: readonly ProofDifference[];
  /** What an operator should know, though a restore cannot or need not bring it back. */
  readonly warnings: readonly string[];
}

export function compareFacts(expected: Facts, observed: Facts): FactsComparison {
  const differences = unionOf(expected, observed).flatMap((kind) =>
    differencesOf(kind, expected[kind] ?? {}, observed[kind] ?? {}),
  );
  return { differences, warnings: [] };
}

type Objects = Readonly<Record<string, string>>;

function differencesOf(
  kind: string,
  expected: Objects,
  observed: Objects,
): readonly ProofDifference[] {
  return unionOf(expected, observed).flatMap((name) => {
    const [left, right] = [expected[name], observed[name]];
    if (left === right) return [];
    return [{ object: `${kind} ${name}`, ...clipPair(left, right, kind) }];
  });
}
