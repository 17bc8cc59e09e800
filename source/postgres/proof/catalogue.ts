/** The tables and sequences of a database, as the proof sees them. */
import { ok, type Result } from "../../problem.ts";
import type { ManifestTable } from "../manifest.ts";
import type { Row, Session } from "../session.ts";
import { isTrue, textOf } from "../with-session.ts";

export interface CatalogueTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: ManifestTable["kind"];
  readonly owner: string;
  readonly oid: string;
  /** Changes when the table is rewritten or truncated. */
  readonly fileNode: string;
  readonly readable: boolean;
  /** A member of an extension whose rows a dump does not carry. */
  readonly extensionMember: boolean;
}

export interface CatalogueSequence {
  readonly schema: string;
  readonly name: string;
  readonly increment: string;
  /** Not without the right to, nor an unlogged one on a standby. */
  readonly readable: boolean;
}

/** Leaves out what the server itself owns and what only one session sees. */
const USER_SCHEMAS = `n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'`;

const EXTENSION_MEMBER = `EXISTS (SELECT FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
      AND NOT coalesce(c.oid = ANY (e.extconfig), false))`;

const TABLES = `SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
  pg_catalog.pg_get_userbyid(c.relowner)::text AS owner, c.oid::text AS oid,
  c.relfilenode::text AS file_node,
  (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))::text AS readable,
  ${EXTENSION_MEMBER}::text AS extension_member
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND ${USER_SCHEMAS}
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

const SEQUENCES = `SELECT n.nspname::text AS schema, c.relname::text AS name,
  s.seqincrement::text AS increment,
  (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
    AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()))::text AS readable
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND ${USER_SCHEMAS}
  AND NOT ${EXTENSION_MEMBER}
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

const KINDS: Readonly<Record<string, ManifestTable["kind"]>> = {
  r: "table",
  p: "partitioned table",
  f: "foreign table",
  m: "materialized view",
};

export async function listTables(session: Session): Promise<Result<readonly CatalogueTable[]>> {
  const rows = await session.query(TABLES);
  return rows.ok ? ok(rows.value.map(tableOf)) : rows;
}

export async function listSequences(
  session: Session,
): Promise<Result<readonly CatalogueSequence[]>> {
  const rows = await session.query(SEQUENCES);
  if (!rows.ok) return rows;
  return ok(
    rows.value.map((row) => ({
      schema: textOf(row, "schema"),
      name: textOf(row, "name"),
      increment: textOf(row, "increment"),
      readable: isTrue(row, "readable"),
    })),
  );
}

function tableOf(row: Row): CatalogueTable {
  return {
    schema: textOf(row, "schema"),
    name: textOf(row, "name"),
    kind: KINDS[textOf(row, "kind")] ?? "table",
    owner: textOf(row, "owner"),
    oid: textOf(row, "oid"),
    fileNode: textOf(row, "file_node"),
    readable: isTrue(row, "readable"),
    extensionMember: isTrue(row, "extension_member"),
  };
}

/** Whether rows of it are in a dump, so that they can be counted and compared. */
export function hasDumpedRows(table: CatalogueTable): boolean {
  return table.kind === "table" && !table.extensionMember;
}

export function sameTables(
  left: readonly CatalogueTable[],
  right: readonly CatalogueTable[],
): boolean {
  const key = (tables: readonly CatalogueTable[]) =>
    JSON.stringify(tables.map(({ oid, fileNode, schema, name }) => [oid, fileNode, schema, name]));
  return key(left) === key(right);
}
