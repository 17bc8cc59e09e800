import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatBytes, formatDuration } from "../../drill/units.ts";
import {
  checkIndexes,
  type IndexAhead,
  type IndexesChecked,
  whyNoAmcheck,
} from "../../postgres/check-indexes.ts";
import { displayList } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import { inRestored, lookAtPlace } from "../../postgres/restore-place.ts";
import type { ActionContext, ActionResult, OfferContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";

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
  besidePrimary: true,
  inputs,
  outputs: {},
  plan: ({ database }) => [
    `BEGIN; CREATE EXTENSION amcheck  -- in ${showName(database)}, where it is not there yet`,
    "SELECT bt_index_check(each index, heapallindexed => true)",
    "ROLLBACK",
  ],
  notOffered,
  run: amcheck,
});

/** A database that cannot be looked at is for the step itself to tell. */
async function notOffered(
  { database }: Input,
  { target, signal, drill }: OfferContext,
): Promise<string | undefined> {
  const place = await lookAtPlace(target, { database, drill: drill.id, signal });
  if (!place.ok) return undefined;
  const why = await inRestored(target, { database, signal }, "amcheck", whyNoAmcheck);
  return why.ok && why.value !== undefined ? cannot(why.value) : undefined;
}

function cannot(reason: string): string {
  return `The extension amcheck cannot be used here: ${reason}.`;
}

async function amcheck({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const { target, signal, drill } = context;
  const place = await lookAtPlace(target, { database, drill: drill.id, signal });
  if (!place.ok) return stopped(place.problem);
  await context.command(
    `SELECT bt_index_check(each index, heapallindexed => true)  -- in ${showName(database)}`,
  );
  const since = performance.now();
  const progress = shownProgress(context);
  const checked = await inRestored(target, { database, signal }, "amcheck", (session) =>
    checkIndexes(session, progress),
  ).finally(progress.stop);
  if (!checked.ok) return stopped(checked.problem);
  return report(checked.value, database, (performance.now() - since) / 1000);
}

function report(checked: IndexesChecked, database: string, seconds: number): ActionResult {
  if (!checked.possible) {
    return stopped({
      code: "unusable",
      message: cannot(checked.reason),
      hint: "It could be used when the step began: look for what changed, then retry or skip it.",
    });
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

/** The server does not tell how far it is within an index; that time goes by is shown all the same. */
const TICK_MS = 1000;

function shownProgress(context: ActionContext) {
  let ahead: IndexAhead | undefined;
  const show = () => {
    if (ahead === undefined) return;
    const { name, bytes, number, indexes, done, total } = ahead;
    const label = `Checking ${name} (${formatBytes(bytes)}, ${number} of ${indexes})`;
    context.progress(label, done, total, "bytes");
  };
  const timer = setInterval(show, TICK_MS);
  return {
    onIndex(index: IndexAhead) {
      ahead = index;
      show();
    },
    stop: () => clearInterval(timer),
  };
}
