/** Locks tables of the primary ACCESS SHARE: others read and write, nobody drops or rewrites them. */
import { ok, type Result } from "../problem.ts";
import { qualified } from "./identifiers.ts";
import type { CatalogueTable } from "./proof/catalogue.ts";
import type { Session } from "./session.ts";
import { oneRow, runAll, textOf } from "./with-session.ts";

/** Tables in one LOCK statement. */
const CHUNK = 500;

/** ONLY: children are in the list themselves. Views and foreign tables hold no rows of their own. */
export function lockStatements(tables: readonly CatalogueTable[]): readonly string[] {
  const lockable = lockableTables(tables);
  const statements: string[] = [];
  for (let at = 0; at < lockable.length; at += CHUNK) {
    const names = lockable
      .slice(at, at + CHUNK)
      .map(({ schema, name }) => `ONLY ${qualified(schema, name)}`);
    statements.push(`LOCK TABLE ${names.join(", ")} IN ACCESS SHARE MODE`);
  }
  return statements;
}

export function lockableTables(tables: readonly CatalogueTable[]): readonly CatalogueTable[] {
  return tables.filter(
    ({ kind, readable, extensionMember }) =>
      (kind === "table" || kind === "partitioned table") && (readable || !extensionMember),
  );
}

/**
 * Locks tables that the snapshot sees and that were made after the others were locked. False when
 * one of them is not what the snapshot sees any more: the file and the locks are told as they are
 * now, whatever the snapshot.
 */
export async function lockLate(
  session: Session,
  tables: readonly CatalogueTable[],
): Promise<Result<boolean>> {
  const late = lockableTables(tables);
  if (late.length === 0) return ok(true);
  const locked = await runAll(session, lockStatements(late));
  if (!locked.ok) return locked;
  const row = await oneRow(session, STILL, [
    `{${late.map(({ oid }) => oid).join(",")}}`,
    `{${late.map(({ fileNode }) => fileNode).join(",")}}`,
  ]);
  return row.ok ? ok(textOf(row.value, "held") === String(late.length)) : row;
}

/** Partitioned tables have no file. */
const STILL = `SELECT pg_catalog.count(*)::text AS held
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.oid[])) AS late (oid, node)
WHERE coalesce(pg_catalog.pg_relation_filenode(late.oid), 0) = late.node
  AND EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = pg_catalog.pg_backend_pid()
    AND l.locktype = 'relation' AND l.relation = late.oid AND l.granted)`;
