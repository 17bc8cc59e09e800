import { resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount } from "../../drill/units.ts";
import { display, displayList } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { ManifestTable } from "../../postgres/manifest.ts";
import { readManifest } from "../../postgres/manifest-file.ts";
import { type CatalogueTable, listTables } from "../../postgres/proof/catalogue.ts";
import { tableListDifferences } from "../../postgres/proof/compare.ts";
import { inRestored } from "../../postgres/restore-place.ts";
import { tableListing } from "../../postgres/table-listing.ts";
import { withSession } from "../../postgres/with-session.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, judged, stopped } from "../outcome.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database."),
});

type Input = z.output<typeof inputs>;

export const tablesMatchAction = defineAction({
  name: "postgres/tables-match",
  about: "Lists the tables of the restored database, as `\\dt` does, and compares the list.",
  inputs,
  outputs: {},
  plan: ({ database }) => [`list the tables of ${showName(database)} and compare them`],
  run: match,
});

async function match({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const expected = await expectedTables(context);
  if (!expected.ok) return stopped(expected.problem);
  await context.command(`\\dt *.*  -- in ${showName(database)}`);
  const { target, signal } = context;
  const listed = await inRestored(target, { database, signal }, "tables", listTables);
  if (!listed.ok) return stopped(listed.problem);
  const observed = listed.value.map(asManifestTable);
  for (const line of tableListing(observed)) context.line("stdout", line);

  const { tables, from, dumped } = expected.value;
  const differences = tableListDifferences(tables, observed);
  const checks = [
    judged("Number of tables", observed.length === tables.length, {
      expected: `${formatAmount(tables.length, "table")} (${from})`,
      observed: formatAmount(observed.length, "table"),
    }),
    judged("Their schemas, names, kinds and owners", differences.length === 0, {
      expected: "as on the primary",
      observed: differences.length === 0 ? "equal" : formatAmount(differences.length, "difference"),
    }),
    ...differences.map((difference) => ({
      title: difference.object,
      status: "failed" as const,
      expected: difference.expected,
      observed: difference.observed,
    })),
  ];
  if (!dumped) return { ok: true, checks: checks.map(asHint) };
  return concluded({ checks }, () => ({
    code: "failed",
    message: `The tables of ${showName(database)} are not those of the primary: ${displayList(differences.map(({ object, observed: seen }) => `${object} (${seen})`))}.`,
    hint: "Read the restore's output for what went wrong before these tables.",
  }));
}

interface Expected {
  readonly tables: readonly ManifestTable[];
  readonly from: string;
  /** Known to be what the backup holds; the primary may have moved on since. */
  readonly dumped: boolean;
}

/** Without a manifest a difference proves nothing, and neither does its absence. */
function asHint(check: Check): Check {
  return check.status === "failed" ? { ...check, status: "warning" } : check;
}

/** What was dumped, where a manifest tells; else what the primary has now. */
async function expectedTables(context: ActionContext): Promise<Result<Expected>> {
  const file = context.variables.BACKUP_FILE ?? "";
  const manifest =
    file === "" ? ok(undefined) : await readManifest(resolve(context.target.project, file));
  if (!manifest.ok) return manifest;
  if (manifest.value !== undefined) {
    return ok({
      tables: manifest.value.tables,
      from: `manifest of ${display(file)}`,
      dumped: true,
    });
  }
  const { target, signal } = context;
  const { database } = target.summary;
  const live = await withSession(
    target,
    { database, role: "primary", purpose: "tables", signal },
    listTables,
  );
  return live.ok
    ? ok({ tables: live.value.map(asManifestTable), from: "the primary now", dumped: file === "" })
    : live;
}

function asManifestTable({ schema, name, kind, owner }: CatalogueTable): ManifestTable {
  return { schema, name, kind, owner, rows: null };
}
