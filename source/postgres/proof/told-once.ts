/** What the lists of tables and sequences tell is not told again by their definitions. Pure. */
import type { ProofDifference } from "../../drill/types.ts";

interface Listed {
  /** `object` is a bare name: `public.games`. */
  readonly tables: readonly ProofDifference[];
  /** `object` is `sequence public.games_id_seq`. */
  readonly sequences: readonly ProofDifference[];
}

interface Once {
  readonly tables: readonly ProofDifference[];
  readonly definitions: readonly ProofDifference[];
}

/** Kinds of definitions that the list of tables tells of as well. */
const KINDS = ["table", "materialized view"] as const;

/**
 * A loss or a surplus is told by the list, which is there at every level of proof. A change is
 * told by the definition, which says more than the list.
 */
export function toldOnce(
  { tables, sequences }: Listed,
  definitions: readonly ProofDifference[],
): Once {
  const named = ({ object }: ProofDifference) => KINDS.map((kind) => `${kind} ${object}`);
  const byList = new Set([...tables.flatMap(named), ...sequences.map(({ object }) => object)]);
  const byDefinition = new Set(definitions.filter(isChange).map(({ object }) => object));
  return {
    tables: tables.filter(
      (one) => !isChange(one) || !named(one).some((object) => byDefinition.has(object)),
    ),
    definitions: definitions.filter((one) => isChange(one) || !byList.has(one.object)),
  };
}

/** Both sides have it. */
function isChange({ expected, observed }: ProofDifference): boolean {
  return observed !== "missing" && !expected.startsWith("no such ");
}
