/** Whether definitions stayed the same between two readings of one database. */
import type { Facts } from "./types.ts";

export function sameFacts(before: Facts, after: Facts): boolean {
  return changedFacts(before, after).length === 0;
}

/** `index public.games_x` for each object that came, went or changed. */
export function changedFacts(before: Facts, after: Facts): readonly string[] {
  return unionOf(before, after).flatMap((kind) => {
    const left = before[kind] ?? {};
    const right = after[kind] ?? {};
    return unionOf(left, right)
      .filter((object) => left[object] !== right[object])
      .map((object) => `${kind} ${object}`);
  });
}

export function unionOf(left: object, right: object): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])];
}
