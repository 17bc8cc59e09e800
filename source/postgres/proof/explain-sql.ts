/** Statements that narrow down which rows of one table differ. */
import { qualified, quoteIdent, quoteLiteral } from "../identifiers.ts";
import { fromRows, hashOf, rowHash, rowText } from "./row-text.ts";
import type { TableShape } from "./shapes.ts";

export interface TableAt {
  readonly schema: string;
  readonly name: string;
  readonly shape: TableShape;
}

/** Rows in groups, by the lowest bits of their hash. */
export interface Groups {
  /** A power of two. */
  readonly buckets: number;
  readonly chosen: readonly number[];
}

/** Into how many each group is cut to narrow it down. */
export const FINER = 1_024;

/** Sums of the groups that come of cutting the chosen ones. */
export function finerStatement(table: TableAt, { buckets, chosen }: Groups): string {
  return `SELECT (a & ${buckets * FINER - 1})::text AS part, pg_catalog.count(*)::text AS rows, pg_catalog.sum(a)::text AS a
FROM (SELECT ${rowHash(table.shape.columns)} AS a ${fromRows(table)} OFFSET 0) hashes
WHERE (a & ${buckets - 1}) IN (${chosen.join(", ")}) GROUP BY 1`;
}

/** Keys and hashes of the rows of some groups, `limit` of them at most. */
export function rowsStatement(table: TableAt, { buckets, chosen }: Groups, limit: number): string {
  return `SELECT key, a::text AS a FROM (SELECT ${keyText(table)} AS key, ${rowHash(table.shape.columns)} AS a
  ${fromRows(table)} OFFSET 0) hashes
WHERE (a & ${buckets - 1}) IN (${chosen.join(", ")}) LIMIT ${limit}`;
}

/** A hash of each column of the rows with these keys. */
export function columnsStatement(table: TableAt, keys: readonly string[]): string {
  const { columns } = table.shape;
  const hashes = columns.map(
    (column, at) => `(${hashOf(rowText([column]), "21")})::text AS c${at}`,
  );
  return `SELECT ${[`${keyText(table)} AS key`, ...hashes].join(", ")}
FROM ONLY ${qualified(table.schema, table.name)}
WHERE ${keyText(table)} IN (${keys.map(quoteLiteral).join(", ")})`;
}

/** The key as text: `(1)`, `("a b",2)`. Where there is none, the place in the table. */
export function keyText({ shape }: Pick<TableAt, "shape">): string {
  if (shape.key.length === 0) return "ctid::pg_catalog.text";
  return `ROW(${shape.key.map(quoteIdent).join(", ")})::pg_catalog.text COLLATE pg_catalog."C"`;
}
