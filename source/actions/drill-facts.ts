/** What an action may know of the drill it is a step of. */
import { fitOf } from "../checklist/types.ts";
import type { DrillHeader } from "../drill/types.ts";
import type { DrillFacts } from "./action.ts";

export function drillFacts({ id, startedAt, checklist }: DrillHeader): DrillFacts {
  return { id, startedAt, fit: fitOf(checklist) };
}
