/** What has to be known of tables to fingerprint them: columns, key, size. */
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import type { Row, Session } from "../session.ts";
import { isTrue, numberOf, textOf } from "../with-session.ts";

/**
 * How a column's text goes into a row's: `integer` and `plain` as it is, since it can neither be
 * empty nor hold a control character, `measured` with its length, `quoted` as a ROW writes it;
 * `text` does not go into it, but into the hash.
 */
const columnSchema = z.object({
  name: z.string(),
  as: z.enum(["integer", "plain", "measured", "text", "quoted"]),
  /** False only where the server has checked every row. */
  nullable: z.boolean(),
});

export type Column = Readonly<z.output<typeof columnSchema>>;

export interface TableShape {
  readonly oid: string;
  /** Whose values a dump carries, by name: inherited tables may hold them in another order. */
  readonly columns: readonly Column[];
  /** Of the primary key, else of a unique index without NULLs; empty where there is neither. */
  readonly key: readonly string[];
  /** A part of each row that is cheap to read: the key, else columns of fixed width. */
  readonly cheap: readonly string[];
  /** Not a materialized view that was never filled, nor an unlogged table on a standby. */
  readonly readable: boolean;
  /** Another one whenever values may have changed though no row was written. */
  readonly layout: string;
  /** `WHERE ...`: which rows of an extension's configuration table a dump carries. */
  readonly condition: string;
  /** Blocks of the table itself, for ranges; 0 where it cannot be read in ranges. */
  readonly blocks: number;
  /** With its out-of-line values. */
  readonly bytes: number;
  /** By the server's statistics. */
  readonly estimatedRows: number;
}

/** Rows per block where there are no statistics yet. */
const ROWS_PER_BLOCK = 50;

const INTEGER = "int2,int4,int8";
/** JSON holds no control character but white space: it writes them as escapes. */
const PLAIN =
  "oid,numeric,float4,float8,bool,date,time,timetz,timestamp,timestamptz,interval,uuid,bytea,json,jsonb,inet,cidr";

/** Of the type `t`: that of the column, or what its domain is made of. Nested domains are quoted. */
const AS = `CASE WHEN t.oid = ANY ('{${INTEGER}}'::pg_catalog.regtype[]) THEN 'integer'
      WHEN t.oid = ANY ('{${PLAIN}}'::pg_catalog.regtype[]) THEN 'plain'
      WHEN t.typtype = 'e' AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum e
        WHERE e.enumtypid = t.oid
          AND (e.enumlabel LIKE E'%\\x01%' OR e.enumlabel LIKE E'%\\x02%')) THEN 'plain'
      WHEN t.oid = 'bpchar'::pg_catalog.regtype THEN 'measured'
      WHEN t.oid = ANY ('{text,varchar}'::pg_catalog.regtype[]) THEN 'text'
      WHEN EXISTS (SELECT FROM pg_catalog.pg_cast x WHERE x.castsource = t.oid AND x.castmethod = 'b'
        AND x.castcontext = 'i' AND x.casttarget = 'text'::pg_catalog.regtype) THEN 'text'
      ELSE 'quoted' END`;

/** PostgreSQL 18 knows NOT NULL constraints that were never checked. */
const NULLABLE = `NOT a.attnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint n
        WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND NOT n.convalidated
          AND n.conkey = ARRAY[a.attnum])`;

/** A row holds a label's OID: who renames it changes the text of rows, and the label's xmin. */
const LABELS = `(SELECT pg_catalog.json_agg(pg_catalog.json_build_array(e.oid, e.xmin, e.enumlabel) ORDER BY e.oid)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid)`;

/** Needs the comparing settings. Not the text of virtual generated columns: it is computed when read, and in no dump. */
const SHAPES = `SELECT c.oid::text AS oid,
  coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'as', ${AS},
        'nullable', ${NULLABLE})
      ORDER BY a.attname COLLATE "C")
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    JOIN pg_catalog.pg_type t ON t.oid = coalesce(nullif(y.typbasetype, 0), y.oid)
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated <> 'v'), '[]')::text AS columns,
  coalesce((SELECT pg_catalog.json_agg(a.attname ORDER BY a.attname COLLATE "C")
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.indkey)), '[]')::text AS key,
  coalesce((SELECT pg_catalog.json_agg(a.attname ORDER BY a.attname COLLATE "C")
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated <> 'v' AND a.attlen > 0), '[]')::text AS fixed,
  (SELECT pg_catalog.concat(c.relfilenode, ' ', pg_catalog.json_agg(pg_catalog.json_build_array(
      a.attnum, a.atttypid, a.atttypmod, a.attcollation, a.attmissingval::text, ${LABELS}) ORDER BY a.attnum))
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS layout,
  (c.relispopulated AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()))::text AS readable,
  coalesce((SELECT e.extcondition[pg_catalog.array_position(e.extconfig, c.oid)]
    FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig) LIMIT 1), '') AS condition,
  (c.relkind = 'r' AND am.amname = 'heap')::text AS heap,
  c.reltuples::text AS tuples, c.relpages::text AS pages,
  CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid)::text END AS main_bytes,
  CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_table_size(c.oid)::text END AS bytes,
  pg_catalog.current_setting('block_size') AS block_size,
  pg_catalog.current_setting('server_version_num') AS version
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN LATERAL (SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1] AS indkey FROM pg_catalog.pg_index i
  WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
    AND i.indpred IS NULL AND i.indexprs IS NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
      AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) AND NOT a.attnotnull)
  ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) k ON true
WHERE c.oid = ANY ($1::pg_catalog.oid[])`;

/** By OID. The tables must be locked, or nobody must be changing them. */
export async function readShapes(
  session: Session,
  oids: readonly string[],
): Promise<Result<ReadonlyMap<string, TableShape>>> {
  const rows = await session.query(SHAPES, [`{${oids.join(",")}}`]);
  if (!rows.ok) return rows;
  try {
    return ok(new Map(rows.value.map((row) => [textOf(row, "oid"), shapeOf(row)])));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    return fail({ code: "failed", message: "The server's list of columns could not be read." });
  }
}

function shapeOf(row: Row): TableShape {
  const columns = z.array(columnSchema).parse(JSON.parse(textOf(row, "columns")));
  const key = namesOf(row, "key");
  const fixed = namesOf(row, "fixed");
  const blockSize = numberOf(row, "block_size");
  const pages = numberOf(row, "pages");
  const blocks =
    row.main_bytes === null ? pages : Math.ceil(numberOf(row, "main_bytes") / blockSize);
  const perBlock = pages > 0 ? Math.max(0, numberOf(row, "tuples")) / pages : ROWS_PER_BLOCK;
  return {
    oid: textOf(row, "oid"),
    columns,
    key,
    cheap: cheapest(
      key,
      fixed,
      columns.map(({ name }) => name),
    ),
    layout: row.layout ?? "",
    readable: isTrue(row, "readable"),
    condition: textOf(row, "condition"),
    // Older servers read the whole table for a range of it.
    blocks: isTrue(row, "heap") && numberOf(row, "version") >= 140_000 ? blocks : 0,
    bytes: row.bytes === null ? pages * blockSize : numberOf(row, "bytes"),
    estimatedRows: Math.round(perBlock * blocks),
  };
}

function cheapest(...choices: readonly (readonly string[])[]): readonly string[] {
  return choices.find((names) => names.length > 0) ?? [];
}

function namesOf(row: Row, column: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(textOf(row, column)));
}
