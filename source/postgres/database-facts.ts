/** What the server knows about one database, read from any session. */
import { ok, type Result } from "../problem.ts";
import type { Row, Session } from "./session.ts";
import { isTrue, numberOf, oneRow, textOf } from "./with-session.ts";

export interface DatabaseFacts {
  readonly oid: string;
  readonly name: string;
  readonly owner: string;
  /** Whether this user may make databases for that owner. */
  readonly mayGiveToOwner: boolean;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly provider: "libc" | "icu" | "builtin";
  /** For icu and builtin. */
  readonly locale: string | null;
  readonly icuRules: string | null;
  /** -1: no limit. */
  readonly connectionLimit: number;
  readonly tablespace: string;
  readonly mayUseTablespace: boolean;
  readonly comment: string | null;
  /** null where the user may not ask. */
  readonly bytes: number | null;
  readonly connections: number;
}

/** undefined when there is no such database. */
export async function readDatabaseFacts(
  session: Session,
  name: string,
): Promise<Result<DatabaseFacts | undefined>> {
  const version = await serverVersion(session);
  if (!version.ok) return version;
  const rows = await session.query(factsQuery(version.value), [name]);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return ok(row === undefined ? undefined : factsOf(row));
}

/** `150018` for 15.18. */
export async function serverVersion(session: Session): Promise<Result<number>> {
  const row = await oneRow(session, "SHOW server_version_num");
  return row.ok ? ok(numberOf(row.value, "server_version_num")) : row;
}

function factsQuery(version: number): string {
  const provider = version >= 150_000 ? "d.datlocprovider::text" : "'c'";
  const locale = localeColumn(version);
  const rules = version >= 160_000 ? "d.daticurules" : "NULL";
  const maySet = version >= 160_000 ? "SET" : "MEMBER";
  return `SELECT d.oid::text AS oid, d.datname::text AS name, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
  pg_catalog.pg_has_role(d.datdba, '${maySet}')::text AS may_give,
  pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
  d.datcollate::text AS collate, d.datctype::text AS ctype,
  ${provider} AS provider, ${locale}::text AS locale, ${rules}::text AS icu_rules,
  d.datconnlimit::text AS connection_limit, t.spcname::text AS tablespace,
  pg_catalog.has_tablespace_privilege(t.oid, 'CREATE')::text AS may_use_tablespace,
  pg_catalog.shobj_description(d.oid, 'pg_database')::text AS comment,
  CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') AND d.datconnlimit <> -2
    THEN pg_catalog.pg_database_size(d.oid)::text END AS bytes,
  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a
    WHERE a.datid = d.oid AND a.usesysid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid())::text AS connections
FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = $1`;
}

function localeColumn(version: number): string {
  if (version >= 170_000) return "d.datlocale";
  return version >= 150_000 ? "d.daticulocale" : "NULL";
}

function factsOf(row: Row): DatabaseFacts {
  return {
    oid: textOf(row, "oid"),
    name: textOf(row, "name"),
    owner: textOf(row, "owner"),
    mayGiveToOwner: isTrue(row, "may_give"),
    encoding: textOf(row, "encoding"),
    collate: textOf(row, "collate"),
    ctype: textOf(row, "ctype"),
    provider: providerOf(textOf(row, "provider")),
    locale: row.locale ?? null,
    icuRules: row.icu_rules ?? null,
    connectionLimit: numberOf(row, "connection_limit"),
    tablespace: textOf(row, "tablespace"),
    mayUseTablespace: isTrue(row, "may_use_tablespace"),
    comment: row.comment ?? null,
    bytes: row.bytes === null || row.bytes === undefined ? null : Number(row.bytes),
    connections: numberOf(row, "connections"),
  };
}

function providerOf(code: string): DatabaseFacts["provider"] {
  if (code === "i") return "icu";
  return code === "b" ? "builtin" : "libc";
}
