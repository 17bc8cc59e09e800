/** Planner statistics are absent after every restore. */
import { availableParallelism } from "node:os";
import { z } from "zod";
import { formatAmount, formatDuration } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { qualified, showName } from "../../postgres/identifiers.ts";
import { restoreNameProblem } from "../../postgres/maintenance.ts";
import { shareOut, withCrew } from "../../postgres/proof/crew.ts";
import { lookAtPlace } from "../../postgres/restore-place.ts";
import { textOf } from "../../postgres/with-session.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";

export const ANALYZE_SESSIONS = Math.min(4, availableParallelism());

/** The largest first. Analyzing a partitioned table takes its partitions with it. */
const TABLES = `SELECT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.relkind = 'p' DESC, pg_catalog.pg_relation_size(c.oid) DESC`;

const inputs = z.strictObject({
  database: z.string().describe("The restore database, made by this drill."),
});

type Input = z.output<typeof inputs>;

export const analyzeAction = defineAction({
  name: "postgres/analyze",
  about:
    "Gathers planner statistics in the restore database, table by table: without them, the app's queries would crawl.",
  besidePrimary: true,
  inputs,
  outputs: {},
  plan: ({ database }) => [commandFor(database)],
  run: analyze,
});

function commandFor(database: string): string {
  return `ANALYZE each table, in up to ${ANALYZE_SESSIONS} sessions  -- in ${showName(database)}`;
}

async function analyze({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const { target, signal, drill } = context;
  const place = await lookAtPlace(target, { database, drill: drill.id, signal });
  if (!place.ok) return stopped(place.problem);
  await context.command(commandFor(database));
  const since = performance.now();
  const done = await analyzeAll(target, database, signal);
  if (!done.ok) {
    return stopped({
      ...done.problem,
      message: `Statistics of ${showName(database)} could not be gathered: ${done.problem.message}`,
      hint: "What ANALYZE cannot read, the app cannot read either: look at the server's log.",
    });
  }
  const took = formatDuration((performance.now() - since) / 1000);
  const tables = formatAmount(done.value.length, "table");
  return { ok: true, checks: [passed("Statistics gathered", `${tables} in ${took}`)] };
}

async function analyzeAll(
  target: Target,
  database: string,
  signal: AbortSignal,
): Promise<Result<readonly unknown[]>> {
  const named = restoreNameProblem(target, database);
  if (!named.ok) return named;
  const options = {
    session: { database, role: "restore", purpose: "analyzing", patient: true },
    size: ANALYZE_SESSIONS,
    least: 1,
    signal,
    begin: async () => ok(undefined),
  } as const;
  return withCrew<readonly unknown[]>(target, options, async (crew) => {
    const [lead] = crew;
    const tables = (await lead?.query(TABLES)) ?? ok([]);
    if (!tables.ok) return tables;
    return shareOut(crew, tables.value, (session, row) =>
      session.query(`ANALYZE ${qualified(textOf(row, "schema"), textOf(row, "name"))}`),
    );
  });
}
