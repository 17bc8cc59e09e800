import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatBytes, formatDuration } from "../../drill/units.ts";
import { checkIndexes, type IndexesChecked } from "../../postgres/check-indexes.ts";
import { displayList } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import { inRestored, lookAtPlace } from "../../postgres/restore-place.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped, warning } from "../outcome.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database, made by this drill."),
});

type Input = z.output<typeof inputs>;

/** Bad indexes told one by one. */
const SHOWN = 50;

export const amcheckAction = defineAction({
  name: "postgres/amcheck",
  about:
    "Looks with the extension amcheck whether every row is in every B-tree index of the restore database; the extension is gone again afterwards.",
  inputs,
  outputs: {},
  plan: ({ database }) => [
    `BEGIN; CREATE EXTENSION amcheck  -- in ${showName(database)}, where it is not there yet`,
    "SELECT bt_index_check(each index, heapallindexed => true)",
    "ROLLBACK",
  ],
  run: amcheck,
});

async function amcheck({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const { target, signal, drill } = context;
  const place = await lookAtPlace(target, { database, drill: drill.id, signal });
  if (!place.ok) return stopped(place.problem);
  await context.command(
    `SELECT bt_index_check(each index, heapallindexed => true)  -- in ${showName(database)}`,
  );
  const since = performance.now();
  const checked = await inRestored(target, { database, signal }, "amcheck", (session) =>
    checkIndexes(session, {
      onIndex: (name, done, total) => context.progress(`Checking ${name}`, done, total, "bytes"),
    }),
  );
  if (!checked.ok) return stopped(checked.problem);
  return report(checked.value, database, (performance.now() - since) / 1000);
}

function report(checked: IndexesChecked, database: string, seconds: number): ActionResult {
  if (!checked.possible) {
    const note = `Not applicable: amcheck cannot be used here: ${checked.reason}.`;
    return {
      ok: true,
      note,
      checks: [warning("Indexes hold every row", `not looked at: ${checked.reason}`)],
    };
  }
  const { bad, indexes, bytes, version } = checked;
  const told = `${formatAmount(indexes, "index", "indexes")}, ${formatBytes(bytes)}`;
  const checks: readonly Check[] = [
    ...bad.slice(0, SHOWN).map(
      ({ index, why }): Check => ({
        title: `index ${index}`,
        status: "failed",
        expected: "every row is in it",
        observed: why,
      }),
    ),
    ...(bad.length === 0
      ? [passed("Indexes hold every row", told, "all")]
      : [info("Looked at", told)]),
    info("amcheck", `version ${version}, with heapallindexed, in ${formatDuration(seconds)}`),
    info("Left behind", "nothing: the extension was made in a transaction that was rolled back"),
  ];
  if (bad.length === 0) return { ok: true, checks };
  return {
    ok: false,
    checks,
    problem: {
      code: "failed",
      message: `${formatAmount(bad.length, "index", "indexes")} of ${showName(database)} cannot be trusted: ${displayList(bad.map(({ index }) => index))}.`,
      hint: "An index that was just built should be whole: suspect memory, disk or the server's version. REINDEX mends it.",
    },
  };
}
