import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { owedClouds } from "./ledger.ts";
import { DRILL_TAG } from "./rds.ts";

export const rdsDeleteAction = defineAction({
  name: "rds/delete",
  about:
    "Deletes the RDS instances and snapshots that this drill made, and waits until they are gone. Only what carries this drill's tag is deleted.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [
    `aws rds delete-db-instance, aws rds delete-db-snapshot  -- of what this drill made, if its tag ${DRILL_TAG} is DRILL_ID`,
  ],
  run: (_input, context) => remove(context),
});

async function remove(context: ActionContext): Promise<ActionResult> {
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
