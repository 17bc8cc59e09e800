/** Rows of every table, each counted on its own: children and partitions are not added in. */
import { ok, type Result } from "../../problem.ts";
import { quoteIdent } from "../identifiers.ts";
import type { ManifestTable } from "../manifest.ts";
import type { Session } from "../session.ts";
import { numberOf, oneRow } from "../with-session.ts";
import { type CatalogueTable, hasDumpedRows } from "./catalogue.ts";

/**
 * Pinned for every session that compares: functions and operators of the database itself must
 * not be picked up, and row security must raise an error rather than hide rows.
 */
export const COMPARING_SETTINGS = [
  "SET search_path = pg_catalog",
  "SET row_security = off",
] as const;

export function countStatement({ schema, name }: Pick<CatalogueTable, "schema" | "name">): string {
  return `SELECT pg_catalog.count(*)::text AS rows FROM ONLY ${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/** `onTable` hears how many tables are done. Tables without dumped rows have `rows: null`. */
export async function countRows(
  session: Session,
  tables: readonly CatalogueTable[],
  onTable: (done: number) => void = () => {},
): Promise<Result<readonly ManifestTable[]>> {
  const counted: ManifestTable[] = [];
  for (const table of tables) {
    const rows = hasDumpedRows(table) ? await countOne(session, table) : ok(null);
    if (!rows.ok) return rows;
    const { schema, name, kind, owner } = table;
    counted.push({ schema, name, kind, owner, rows: rows.value });
    onTable(counted.length);
  }
  return ok(counted);
}

async function countOne(session: Session, table: CatalogueTable): Promise<Result<number>> {
  const row = await oneRow(session, countStatement(table));
  return row.ok ? ok(numberOf(row.value, "rows")) : row;
}

export function totalRows(tables: readonly ManifestTable[]): number {
  return tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}
