/** Whether the environment can offer what a step needs, where only a look at it tells. */
import type { Step } from "../checklist/types.ts";
import type { DrillState } from "../drill/state.ts";
import { actionInput } from "./action-input.ts";
import { drillFacts } from "./drill-facts.ts";
import type { Applying } from "./step-facts.ts";

/** A look that takes longer is given up: the step itself will tell what is wrong. */
const LOOK_MS = 30_000;

/** Why not, or undefined when it can, or when nobody can tell. */
export async function whyNotOffered(
  step: Step,
  applying: Applying,
  { drill }: DrillState,
): Promise<string | undefined> {
  const action = step.kind === "uses" ? applying.actions.get(step.uses) : undefined;
  if (step.kind !== "uses" || action?.notOffered === undefined || drill === undefined) return;
  const input = actionInput(action, step, applying.variables);
  if (!input.ok) return undefined;
  return action.notOffered(input.value, {
    ...applying,
    drill: drillFacts(drill),
    signal: AbortSignal.timeout(LOOK_MS),
  });
}
