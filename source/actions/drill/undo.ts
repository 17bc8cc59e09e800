import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed } from "../outcome.ts";

export const drillUndoAction = defineAction({
  name: "drill/undo",
  about:
    "Removes what earlier steps made that name this step in `removedBy`: by their `undo`, or as the end of the drill would.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => ["remove what each step made that names this one"],
  run: (_input, context) => undo(context),
});

async function undo(context: ActionContext): Promise<ActionResult> {
  const made = context.toRemove;
  if (made.length === 0) {
    return { ok: true, checks: [info("Made by the drill", "nothing that is still there")] };
  }
  const checks: Check[] = [];
  for (const resource of made) {
    await context.command(`the undo of step ${resource.step}, for ${resource.label}`);
    const undone = await context.undo(resource);
    if (!undone.ok) return { ok: false, problem: undone.problem, checks };
    await context.release(resource.id, undone.value);
    checks.push(passed(resource.label, "removed"));
  }
  return { ok: true, checks };
}
