/**
 * The SQL with which rows become sums. A row's text is that of its columns, each named, one after
 * another, so that it can be read in one way only: it tells NULL from '', keeps the padding of
 * `char`, and no value can pose as two. That of a ROW would do as well, in twice the time.
 *
 * `hashtextextended` gives the same on PostgreSQL 11 to 18 for the same bytes, on machines of the
 * same byte order. It hashes text in the server's encoding, so two databases are comparable only
 * when they have the same one. "C": a collation that is not deterministic would hash otherwise.
 */
import { qualified, quoteIdent } from "../identifiers.ts";
import type { Column, TableShape } from "./shapes.ts";

export type ProofLevel = "full" | "sampled" | "counts";

export interface RowsRequest {
  readonly schema: string;
  readonly name: string;
  readonly shape: Pick<TableShape, "columns" | "cheap" | "condition">;
  readonly level: ProofLevel;
  /** For `sampled`: percent of the rows. */
  readonly sample: number;
  /** Sums for each of so many groups of rows, a power of two; 0 or 1 for one sum over all. */
  readonly buckets: number;
  /** Blocks from and up to (not with) these. */
  readonly blocks?: BlockRange;
  /** A query to read instead of the table: the definition of a materialized view. */
  readonly query?: string;
}

export interface BlockRange {
  readonly from: number;
  readonly to?: number;
}

const SEED_A = "7326947215520811";
const SEED_B = "-1867533908254637";
const SEED_SAMPLE = "92233720368547";

/** `ROW("a", "b")::text`. */
export function recordText(columns: readonly string[]): string {
  return `ROW(${columns.map(quoteIdent).join(", ")})::pg_catalog.text COLLATE pg_catalog."C"`;
}

/** Parts in one `concat`: a function takes 100 arguments. */
const MOST_PARTS = 96;

export function rowText(columns: readonly Column[]): string {
  return `${concat(columns.flatMap(partsOf))} COLLATE pg_catalog."C"`;
}

/** Each ends with a control character, which only a measured or quoted value can hold. */
function partsOf({ name, as }: Column): readonly string[] {
  const column = quoteIdent(name);
  const end = "E'\\x01'";
  switch (as) {
    case "plain":
      return [column, end];
    case "measured":
      // NULL has no length, '' has 0.
      return [`pg_catalog.octet_length(${column})`, "':'", column, end];
    case "quoted":
      return [`ROW(${column})::pg_catalog.text`, end];
  }
}

function concat(parts: readonly string[]): string {
  if (parts.length === 0) return "''::pg_catalog.text";
  if (parts.length <= MOST_PARTS) return `pg_catalog.concat(${parts.join(", ")})`;
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += MOST_PARTS) {
    groups.push(concat(parts.slice(at, at + MOST_PARTS)));
  }
  return concat(groups);
}

export function hashOf(text: string, seed: string): string {
  return `pg_catalog.hashtextextended(${text}, ${seed})`;
}

/** The first of the two hashes of a row; buckets go by it. */
export function rowHash(columns: readonly Column[]): string {
  return hashOf(rowText(columns), SEED_A);
}

/** `FROM ONLY "s"."t" WHERE ...`. */
export function fromRows({
  schema,
  name,
  shape,
  blocks,
  query,
}: Pick<RowsRequest, "schema" | "name" | "blocks" | "query"> & {
  readonly shape: Pick<TableShape, "condition">;
}): string {
  if (query !== undefined) return `FROM (${query}) AS filled_anew`;
  const from = `FROM ONLY ${qualified(schema, name)}`;
  if (shape.condition !== "") return `${from} ${shape.condition}`;
  if (blocks === undefined) return from;
  const upTo = blocks.to === undefined ? "" : ` AND ctid < '(${blocks.to},0)'::pg_catalog.tid`;
  return `${from} WHERE ctid >= '(${blocks.from},0)'::pg_catalog.tid${upTo}`;
}

/** One row a bucket: `bucket`, `rows`, `hashed` (how many of them were), `a`, `b`. */
export function sumStatement(request: RowsRequest): string {
  const { level, shape, sample, buckets } = request;
  if (level === "counts") {
    return `SELECT NULL::text AS bucket, pg_catalog.count(*)::text AS rows, '0' AS hashed, NULL::text AS a, NULL::text AS b ${fromRows(request)}`;
  }
  const whole = rowText(shape.columns);
  const text =
    level === "full"
      ? whole
      : `CASE WHEN pg_catalog.abs(${hashOf(recordText(shape.cheap), SEED_SAMPLE)} % 100) < ${sample} THEN ${whole} END`;
  const grouped = buckets > 1;
  // OFFSET 0: else the text of a row would be made once for every use of it.
  return `SELECT ${grouped ? `(a & ${buckets - 1})::text` : "NULL::text"} AS bucket, pg_catalog.count(*)::text AS rows,
  pg_catalog.count(a)::text AS hashed, pg_catalog.sum(a)::text AS a, pg_catalog.sum(b)::text AS b
FROM (SELECT ${hashOf("x", SEED_A)} AS a, ${hashOf("x", SEED_B)} AS b
  FROM (SELECT ${text} AS x ${fromRows(request)} OFFSET 0) texts OFFSET 0) hashes${grouped ? " GROUP BY 1" : ""}`;
}
