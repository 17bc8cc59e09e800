/**
 * What the definition of a materialized view gives in the restored database. A restore fills views
 * anew, so this tells one that was stale on the primary from one that was restored wrongly.
 */
import { ok, type Result } from "../../problem.ts";
import { quoteLiteral } from "../identifiers.ts";
import type { ManifestFingerprint } from "../manifest.ts";
import type { Session } from "../session.ts";
import { oneRow, runAll, textOf } from "../with-session.ts";
import { fingerprintTables, taskOf } from "./fingerprint.ts";
import { fingerprintOf, type ReadViewsRequest } from "./read-tables.ts";
import { keyOf } from "./sequences.ts";

/** By `keyOf`, of the views `wanted`; one that cannot be computed is left out. */
export async function fillAnew(
  session: Session,
  { tables, shapes, depth, snapshot }: ReadViewsRequest,
  wanted: (key: string) => boolean,
): Promise<Result<ReadonlyMap<string, ManifestFingerprint>>> {
  const filled = new Map<string, ManifestFingerprint>();
  for (const table of tables) {
    const shape = shapes.get(table.oid);
    if (table.kind !== "materialized view" || shape === undefined || !wanted(keyOf(table)))
      continue;
    const begun = await runAll(session, [
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      `SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}`,
    ]);
    if (!begun.ok) return begun;
    const task = taskOf(table, shape, depth, 1);
    const sums = await sumsOf(session, table.oid, (query) => ({ ...task, query }));
    const ended = await session.query("ROLLBACK");
    if (!ended.ok) return ended;
    if (sums !== undefined) filled.set(keyOf(table), fingerprintOf(sums, task));
  }
  return ok(filled);
}

type Task = ReturnType<typeof taskOf>;

async function sumsOf(session: Session, oid: string, taskFor: (query: string) => Task) {
  const row = await oneRow(
    session,
    `SELECT pg_catalog.rtrim(pg_catalog.pg_get_viewdef(${quoteLiteral(oid)}::pg_catalog.oid), ';') AS query`,
  );
  if (!row.ok) return undefined;
  const task = taskFor(textOf(row.value, "query"));
  const read = await fingerprintTables([session], [task]);
  return read.ok ? read.value.get(task) : undefined;
}
