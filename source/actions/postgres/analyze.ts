/** Planner statistics are absent after every restore: the app's queries would crawl. */
import type { Check } from "../../drill/types.ts";
import { formatDuration } from "../../drill/units.ts";
import { inRestored } from "../../postgres/restore-place.ts";
import type { ActionContext } from "../action.ts";

export async function analyze(context: ActionContext, database: string): Promise<Check> {
  const { target, signal } = context;
  const title = "Statistics gathered (ANALYZE), timed apart";
  await context.command("ANALYZE");
  const since = performance.now();
  const done = await inRestored(target, { database, signal }, "analyzing", (session) =>
    session.query("ANALYZE"),
  );
  if (!done.ok) return { title, status: "failed", observed: done.problem.message };
  return {
    title,
    status: "passed",
    observed: formatDuration((performance.now() - since) / 1000),
  };
}
