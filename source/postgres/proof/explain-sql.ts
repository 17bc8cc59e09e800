/** Statements that narrow down which rows of one table differ. */
import { quoteIdent, quoteLiteral } from "../identifiers.ts";
import { columnHash, fromRows, placeOf, rowHash } from "./row-text.ts";
import type { TableShape } from "./shapes.ts";

export interface TableAt {
  readonly schema: string;
  readonly name: string;
  readonly shape: TableShape;
}

/** Rows in groups, by the lowest bits of their place. */
export interface Groups {
  /** A power of two. */
  readonly buckets: number;
  readonly chosen: readonly number[];
}

/** Into how many each group is cut to narrow it down. */
export const FINER = 1_024;

/** Sums of the groups that come of cutting the chosen ones. */
export function finerStatement(table: TableAt, groups: Groups): string {
  return `SELECT (place & ${groups.buckets * FINER - 1})::text AS part, pg_catalog.count(*)::text AS rows, pg_catalog.sum(a)::text AS a
FROM ${hashesOf(table, groups)} GROUP BY 1`;
}

/** Keys and hashes of the rows of some groups, `limit` of them at most. */
export function rowsStatement(table: TableAt, groups: Groups, limit: number): string {
  return `SELECT key, place::text AS part, a::text AS a FROM ${hashesOf(table, groups, keyText(table))} LIMIT ${limit}`;
}

/** Rows of the chosen groups, with their hashes. */
function hashesOf(table: TableAt, groups: Groups, key = "NULL"): string {
  const place = placeOf(table.shape);
  const hashed = `(SELECT ${key} AS key, ${rowHash(table.shape.columns)} AS a, ${place ?? "NULL::bigint"} AS place
  ${fromGroups(table, groups)} OFFSET 0) hashed`;
  const at = place === undefined ? "a" : "place";
  return `(SELECT key, a, ${at} AS place FROM ${hashed} WHERE ${isChosen(at, groups)}) hashes`;
}

/** Where the key tells a row's group, rows of other groups are not even hashed. */
function fromGroups(table: TableAt, groups: Groups): string {
  const place = placeOf(table.shape);
  const rows = fromRows(table);
  return place === undefined || table.shape.condition !== ""
    ? rows
    : `${rows} WHERE ${isChosen(place, groups)}`;
}

function isChosen(place: string, { buckets, chosen }: Groups): string {
  return `(${place} & ${buckets - 1}) IN (${chosen.join(", ")})`;
}

/** A hash of each column of the rows of some groups that have these keys. */
export function columnsStatement(table: TableAt, groups: Groups, keys: readonly string[]): string {
  const hashes = table.shape.columns.map((column, at) => `(${columnHash(column)})::text AS c${at}`);
  return `SELECT * FROM (SELECT ${[`${keyText(table)} AS key`, ...hashes].join(", ")}
  ${fromGroups(table, groups)} OFFSET 0) rows WHERE key IN (${keys.map(quoteLiteral).join(", ")})`;
}

/** The key as text: `(1)`, `("a b",2)`. Where there is none, the place in the table. */
export function keyText({ shape }: Pick<TableAt, "shape">): string {
  if (shape.key.length === 0) return "ctid::pg_catalog.text";
  return `ROW(${shape.key.map(quoteIdent).join(", ")})::pg_catalog.text COLLATE pg_catalog."C"`;
}
