import { z } from "zod";
import type { Resource } from "../../drill/types.ts";
import { display } from "../../postgres/display.ts";
import { dropDatabase, dropStatement } from "../../postgres/drop-database.ts";
import { showName } from "../../postgres/identifiers.ts";
import { labelKept } from "../../postgres/keep-database.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { dropRequestOf, ledgerEntries } from "./database-resource.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database."),
});

type Input = z.output<typeof inputs>;

export const dropRestoreDatabaseAction = defineAction({
  name: "postgres/drop-restore-database",
  about: "Drops the restore database this drill made, or labels it when it is kept for analysis.",
  besidePrimary: true,
  inputs,
  outputs: {},
  plan: ({ database }) => [
    "check server, name, marker, and that it is not the primary, in the session that drops",
    dropStatement(database),
  ],
  run: drop,
});

async function drop({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const entries = ledgerEntries(context, database);
  const kept = entries.find(({ status }) => status === "kept");
  if (kept !== undefined) return label(kept, database, context);
  const request = entries[0] === undefined ? undefined : dropRequestOf(entries[0]);
  const name = showName(database);
  const dropped = await dropDatabase(context.target, {
    ...(request ?? { database, drill: context.drill.id }),
    signal: context.signal,
    issuing: (statement) => context.command(statement),
  });
  if (!dropped.ok) {
    const observed = dropped.problem.message;
    return stopped(dropped.problem, [
      { title: `Database ${name}`, status: "failed", expected: "dropped", observed },
    ]);
  }
  if (dropped.value === "absent" && entries.length > 0) {
    for (const { id } of entries) await context.release(id, "it was gone already");
    return stopped(
      {
        code: "failed",
        message: `Database ${name} was gone before this drill dropped it.`,
        hint: "Find out who dropped it; nothing is left to clean up.",
      },
      [
        {
          title: `Database ${name}`,
          status: "failed",
          expected: "there, to be dropped",
          observed: "gone already",
        },
      ],
    );
  }
  for (const { id } of entries) await context.release(id, "dropped");
  const how =
    dropped.value === "dropped" ? "dropped" : "does not exist, and this drill owes nothing";
  return { ok: true, checks: [passed(`Database ${name}`, how, "gone")] };
}

async function label(
  kept: Resource,
  database: string,
  context: ActionContext,
): Promise<ActionResult> {
  const labelled = await labelKept(context.target, {
    database,
    drill: context.drill.id,
    reason: kept.reason ?? "no reason given",
    signal: context.signal,
    issuing: (statement) => context.command(statement),
  });
  if (!labelled.ok) return stopped(labelled.problem);
  return {
    ok: true,
    checks: [
      passed(`Database ${showName(database)}`, "clearly labelled and left for further analysis"),
      passed("Label", display(labelled.value)),
    ],
  };
}
