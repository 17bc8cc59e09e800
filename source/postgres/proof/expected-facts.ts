/** Which definitions a dump holds, when some of them changed while it ran. Pure. */
import type { Manifest } from "../manifest.ts";
import { unionOf } from "./facts/same-facts.ts";
import type { Facts } from "./facts/types.ts";

/** Of two readings of one object, the one that was restored, if it was either; else the earlier. */
export function expectedFacts({ facts, factsAfter }: Manifest, observed: Facts): Facts {
  if (facts === undefined || factsAfter === undefined) return facts ?? {};
  const kinds = unionOf(facts, factsAfter).map((kind) => {
    const [before, after, now] = [facts[kind] ?? {}, factsAfter[kind] ?? {}, observed[kind] ?? {}];
    const objects = unionOf(before, after).flatMap((object) => {
      const text = now[object] === after[object] ? after[object] : before[object];
      return text === undefined ? [] : [[object, text] as const];
    });
    return [kind, Object.fromEntries(objects)] as const;
  });
  return Object.fromEntries(kinds);
}
