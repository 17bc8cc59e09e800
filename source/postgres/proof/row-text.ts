/**
 * The SQL with which rows become sums. A row's hash begins with that of its short text: its columns,
 * one after another, each ended by a control character, so that it can be read in one way only. It
 * tells NULL from '', keeps the padding of `char`, and no value can pose as two. Columns of type text
 * are hashed on from there, each with the hash so far as its seed: that spares copying them. The
 * text of a ROW would do as well, in twice the time.
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
  readonly shape: Pick<TableShape, "columns" | "key" | "cheap" | "condition">;
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
const SEED_PLACE = "4611686018427";
const SEED_COLUMN = "21";

/** `ROW("a", "b")::text`. */
function recordText(columns: readonly string[]): string {
  return `ROW(${columns.map(quoteIdent).join(", ")})::pg_catalog.text COLLATE pg_catalog."C"`;
}

/** Parts in one `concat_ws`: a function takes 100 arguments. */
const MOST_PARTS = 99;
/** Neither stands in a number, a date or the like; of other values the length is told first. */
const END = "E'\\x01'";
const nullMark = (of = "") => `E'\\x02${of}'`;

/** Of all columns but those of type text, of which only NULL is told. */
function shortText(columns: readonly Column[]): string {
  return `${concat(columns.flatMap(partsOf))} COLLATE pg_catalog."C"`;
}

/** `concat_ws` leaves out what is NULL. The text is the same whether the column may be NULL or not. */
function partsOf({ name, as, nullable }: Column, at: number): readonly string[] {
  const column = quoteIdent(name);
  const mark = (text: string) => (nullable ? [`CASE WHEN ${column} IS NULL THEN ${text} END`] : []);
  switch (as) {
    case "integer":
    case "plain":
      return [column, ...mark(nullMark())];
    case "measured":
      return [`pg_catalog.octet_length(${column})`, column, ...mark(nullMark())];
    case "text":
      return mark(nullMark(String(at)));
    case "quoted":
      return [`ROW(${column})::pg_catalog.text`];
  }
}

function concat(parts: readonly string[]): string {
  if (parts.length === 0) return "''::pg_catalog.text";
  if (parts.length <= MOST_PARTS) return `pg_catalog.concat_ws(${[END, ...parts].join(", ")})`;
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += MOST_PARTS) {
    groups.push(concat(parts.slice(at, at + MOST_PARTS)));
  }
  return concat(groups);
}

function hashOf(text: string, seed: string): string {
  return `pg_catalog.hashtextextended(${text}, ${seed})`;
}

function asText(value: string): string {
  return `${value}::pg_catalog.text COLLATE pg_catalog."C"`;
}

/** Hashes of type text columns from `first` on, which is that of the short text; NULL where it is. */
function chained(
  columns: readonly Column[],
  first: string,
  nameOf: (column: Column, at: number) => string = ({ name }) => quoteIdent(name),
): string {
  return columns.filter(isText).reduce((before, column, at) => {
    const text = asText(nameOf(column, at));
    return hashOf(column.nullable ? `coalesce(${text}, '')` : text, before);
  }, first);
}

function isText({ as }: Column): boolean {
  return as === "text";
}

/** The first of the two hashes of a row. */
export function rowHash(columns: readonly Column[]): string {
  return chained(columns, hashOf(shortText(columns), SEED_A));
}

/** Of one column alone. */
export function columnHash(column: Column): string {
  return chained([column], hashOf(shortText([column]), SEED_COLUMN));
}

/** A hash of the key, by whose lowest bits a row is in a bucket; undefined without a key. */
export function placeOf({ columns, key }: Pick<TableShape, "columns" | "key">): string | undefined {
  if (key.length === 0) return undefined;
  return columns
    .filter(({ name }) => key.includes(name))
    .reduce((seed, column) => placed(column, seed), SEED_PLACE);
}

function placed({ name, as }: Column, seed: string): string {
  const column = quoteIdent(name);
  switch (as) {
    case "integer":
      return `pg_catalog.hashint8extended(${column}, ${seed})`;
    case "measured":
    case "text":
      return hashOf(asText(column), seed);
    case "plain":
    case "quoted":
      return hashOf(`${recordText([name])}`, seed);
  }
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
  const whole = shortText(shape.columns);
  const short =
    level === "full"
      ? whole
      : `CASE WHEN pg_catalog.abs(${hashOf(recordText(shape.cheap), SEED_SAMPLE)} % 100) < ${sample} THEN ${whole} END`;
  const hashed = level === "full" ? "pg_catalog.count(*)" : "pg_catalog.count(a)";
  const sums = `pg_catalog.count(*)::text AS rows, ${hashed}::text AS hashed,
  pg_catalog.sum(a)::text AS a, pg_catalog.sum(b)::text AS b`;
  const place = placeOf(shape);
  const { columns } = shape;
  const passedOn = columns.filter(isText).map(({ name }, at) => `, ${quoteIdent(name)} AS t${at}`);
  // OFFSET 0: else the text of a row would be made once for every use of it.
  const rows = (bucket: string) =>
    `(SELECT ${bucket}${short} AS x${passedOn.join("")} ${fromRows(request)} OFFSET 0) short_texts`;
  const hash = (seed: string) => chained(columns, hashOf("x", seed), (_, at) => `t${at}`);
  const hashes = `${hash(SEED_A)} AS a, ${hash(SEED_B)} AS b`;
  if (buckets <= 1) {
    return `SELECT NULL::text AS bucket, ${sums} FROM (SELECT ${hashes} FROM ${rows("")}) hashes`;
  }
  const mask = buckets - 1;
  return place === undefined
    ? `SELECT (a & ${mask})::text AS bucket, ${sums}
FROM (SELECT ${hashes} FROM ${rows("")} OFFSET 0) hashes GROUP BY a & ${mask}`
    : `SELECT bucket::text AS bucket, ${sums}
FROM (SELECT bucket, ${hashes} FROM ${rows(`${place} & ${mask} AS bucket, `)}) hashes GROUP BY hashes.bucket`;
}
