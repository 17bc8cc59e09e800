/** What a step makes, costs and destroys, as texts. Pure. */
import { expand, type Values } from "./expand.ts";
import type { Effects } from "./types.ts";

/** Its texts changed by a function; the id in `removedBy` stays. */
export function mapEffects(
  { makes, costs, removedBy, destroys }: Effects,
  change: (text: string) => string,
): Effects {
  return {
    ...(makes === undefined ? {} : { makes: change(makes) }),
    ...(costs === undefined ? {} : { costs: change(costs) }),
    ...(removedBy === undefined ? {} : { removedBy }),
    ...(destroys === undefined ? {} : { destroys: change(destroys) }),
  };
}

/** `makes: database x`, one for each. */
export function effectTexts({ makes, costs, removedBy, destroys }: Effects): readonly string[] {
  return Object.entries({ makes, costs, "removed by": removedBy, destroys }).flatMap(
    ([what, told]) => (told === undefined ? [] : [`${what}: ${told}`]),
  );
}

/** References without a value stay as they are written. */
export function effectTextsWith(effects: Effects, values: Values): readonly string[] {
  return effectTexts(mapEffects(effects, (text) => expand(text, values).text ?? text));
}
