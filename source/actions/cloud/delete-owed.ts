/** Deletes what this drill made at a provider, by its ledger, as a step. */
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { owedClouds } from "./ledger.ts";

export async function deleteOwed(context: ActionContext): Promise<ActionResult> {
  const owed = owedClouds(context);
  if (owed.length === 0) {
    return { ok: true, checks: [info("Made by the drill", "nothing that is still there")] };
  }
  const checks: Check[] = [];
  for (const resource of owed) {
    await context.command(`delete ${resource.label}, if it carries this drill's tag`);
    const undone = await context.undo(resource);
    if (!undone.ok) return stopped(undone.problem, checks);
    await context.release(resource.id, undone.value);
    checks.push(passed(resource.label, undone.value));
  }
  return { ok: true, checks };
}
