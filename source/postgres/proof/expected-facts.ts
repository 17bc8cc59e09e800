/** Which definitions a dump holds, when some of them changed while it ran. Pure. */
import { displayList } from "../display.ts";
import type { Manifest } from "../manifest.ts";
import { meanwhile } from "./coverage.ts";
import { unionOf } from "./facts/same-facts.ts";
import type { Facts } from "./facts/types.ts";

export interface ComparableFacts {
  readonly expected: Facts;
  readonly observed: Facts;
  /** `view public.v` for each that changed more than once, so that no reading can judge it. */
  readonly uncertain: readonly string[];
}

/**
 * Of two readings of one object, the one that was restored. An object that changed between them and
 * is there in a third form is left out on both sides: only the dump saw what it was then. One that
 * is gone stays: definitions ignore the dump's snapshot, the list of objects does not.
 */
export function comparableFacts(
  { facts, factsAfter }: Pick<Manifest, "facts" | "factsAfter">,
  observed: Facts,
): ComparableFacts {
  if (facts === undefined || factsAfter === undefined) {
    return { expected: facts ?? {}, observed, uncertain: [] };
  }
  const uncertain = new Set<string>();
  const expected = unionOf(facts, factsAfter).map((kind) => {
    const [before, after, now] = [facts[kind] ?? {}, factsAfter[kind] ?? {}, observed[kind] ?? {}];
    const objects = unionOf(before, after).flatMap((object) => {
      const text = now[object] === after[object] ? after[object] : before[object];
      const third = now[object] !== undefined && now[object] !== text;
      if (third && before[object] !== after[object]) uncertain.add(`${kind} ${object}`);
      return text === undefined ? [] : [[object, text] as const];
    });
    return [kind, Object.fromEntries(objects)] as const;
  });
  const without = (some: Facts) => (uncertain.size === 0 ? some : leaveOut(some, uncertain));
  return {
    expected: without(Object.fromEntries(expected)),
    observed: without(observed),
    uncertain: [...uncertain],
  };
}

function leaveOut(facts: Facts, names: ReadonlySet<string>): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([kind, objects]) => [
      kind,
      Object.fromEntries(
        Object.entries(objects).filter(([object]) => !names.has(`${kind} ${object}`)),
      ),
    ]),
  );
}

/** An auditor wants each by name; a bound keeps a log entry readable. */
const MOST_NAMED = 50;

export function uncertainFactWords(
  uncertain: readonly string[],
  manifest: Pick<Manifest, "dump">,
): readonly string[] {
  if (uncertain.length === 0) return [];
  const named = displayList(uncertain, MOST_NAMED);
  return [`definitions that changed more than once ${meanwhile(manifest)}: ${named}`];
}
