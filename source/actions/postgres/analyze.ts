/** Planner statistics are absent after every restore: the app's queries would crawl. */
import { availableParallelism } from "node:os";
import type { Check } from "../../drill/types.ts";
import { formatDuration } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { qualified } from "../../postgres/identifiers.ts";
import { restoreNameProblem } from "../../postgres/maintenance.ts";
import { shareOut, withCrew } from "../../postgres/proof/crew.ts";
import { textOf } from "../../postgres/with-session.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";

export const ANALYZE_SESSIONS = Math.min(4, availableParallelism());

/** The largest first. Analyzing a partitioned table takes its partitions with it. */
const TABLES = `SELECT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.relkind = 'p' DESC, pg_catalog.pg_relation_size(c.oid) DESC`;

export async function analyze(context: ActionContext, database: string): Promise<Check> {
  const title = "Statistics gathered (ANALYZE), timed apart";
  await context.command("ANALYZE");
  const since = performance.now();
  const done = await analyzeAll(context.target, database, context.signal);
  if (!done.ok) return { title, status: "failed", observed: done.problem.message };
  return {
    title,
    status: "passed",
    observed: formatDuration((performance.now() - since) / 1000),
  };
}

async function analyzeAll(
  target: Target,
  database: string,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const named = restoreNameProblem(target, database);
  if (!named.ok) return named;
  const options = {
    session: { database, role: "restore", purpose: "analyzing", patient: true },
    size: ANALYZE_SESSIONS,
    least: 1,
    signal,
    begin: async () => ok(undefined),
  } as const;
  return withCrew<unknown>(target, options, async (crew) => {
    const [lead] = crew;
    const tables = (await lead?.query(TABLES)) ?? ok([]);
    if (!tables.ok) return tables;
    return shareOut(crew, tables.value, (session, row) =>
      session.query(`ANALYZE ${qualified(textOf(row, "schema"), textOf(row, "name"))}`),
    );
  });
}
