/** The restore database in the ledger of what a drill owes. */
import type { Resource } from "../../drill/types.ts";
import { nonceFrom } from "../../postgres/create-statement.ts";
import { type DropRequest, dropDatabase } from "../../postgres/drop-database.ts";
import { showName } from "../../postgres/identifiers.ts";
import { type MadeDatabase, makeRestoreDatabase } from "../../postgres/make-restore-database.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";

/** What this drill made under that name and has not undone, newest first. */
export function ledgerEntries(
  { resources }: Pick<ActionContext, "resources">,
  database: string,
): readonly Resource[] {
  return resources
    .filter(({ kind, undo }) => kind === "database" && undo.database === database)
    .filter(({ status }) => status !== "released")
    .toReversed();
}

/** Facts recorded in the ledger, as a request to drop exactly that database. */
export function dropRequestOf(resource: Pick<Resource, "undo">): DropRequest | undefined {
  const { database, drill, nonce, madeAt } = resource.undo;
  if (database === undefined || drill === undefined) return undefined;
  return {
    database,
    drill,
    ...(nonce === undefined || madeAt === undefined
      ? {}
      : { unmarked: { nonce: Number(nonce), madeAt } }),
  };
}

/** Makes it and enters it in the ledger first; takes it out again when nothing came to be. */
export async function makeFresh(
  context: ActionContext,
  database: string,
): Promise<Result<MadeDatabase>> {
  const nonce = nonceFrom(Math.random());
  const madeAt = new Date().toISOString();
  const drill = context.drill.id;
  const id = `database ${database} (${nonce})`;
  let registered = false;
  const outcome = await makeRestoreDatabase(context.target, {
    database,
    drill,
    madeAt,
    nonce,
    signal: context.signal,
    issuing: (statement) => context.command(statement),
    async register() {
      registered = true;
      await context.register({
        id,
        kind: "database",
        label: `database ${showName(database)}`,
        undo: { database, drill, madeAt, nonce: String(nonce) },
      });
    },
  });
  if (outcome.ok) return ok(outcome.value);
  if (registered && outcome.nothingMade) await context.release(id, "it was never made");
  return fail(outcome.problem);
}

/** Drops what this drill made under that name, so that it can be made anew. */
export async function dropForAnew(context: ActionContext, database: string): Promise<Result<void>> {
  const entries = ledgerEntries(context, database).filter(({ status }) => status !== "kept");
  const [newest] = entries;
  const request = newest === undefined ? undefined : dropRequestOf(newest);
  if (request === undefined) {
    return fail({
      code: "refused",
      message: `Database ${showName(database)} is not in this drill's list of what it made, so it is not dropped.`,
      hint: "Choose another RESTORE_DB.",
    });
  }
  const dropped = await dropDatabase(context.target, {
    ...request,
    signal: context.signal,
    issuing: (statement) => context.command(statement),
  });
  if (!dropped.ok) return dropped;
  for (const { id } of entries) await context.release(id, "dropped, to be made anew");
  return ok(undefined);
}
