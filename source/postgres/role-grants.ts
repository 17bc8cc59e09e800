/** What the app's role may do in a restored database, given to another role: no more and no less. */
import { fail, ok, type Result } from "../problem.ts";
import { quoteIdent, showName } from "./identifiers.ts";
import type { Session } from "./session.ts";
import { oneRow, runAll } from "./with-session.ts";

const USER_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
const TABLES = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${USER_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
const SEQUENCES = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${USER_SCHEMAS} AND c.relkind = 'S'`;

function privileges(names: readonly string[]): string {
  return `(VALUES ${names.map((name) => `('${name}')`).join(", ")}) AS p (name)`;
}

const ON_TABLES = privileges(["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]);
const ON_SEQUENCES = privileges(["USAGE", "SELECT", "UPDATE"]);
const ON_SCHEMAS = privileges(["USAGE", "CREATE"]);

/** Each as `GRANT ... ON ...`, without the receiver. */
const GRANTS = `
SELECT pg_catalog.format('GRANT %s ON SCHEMA %I', p.name, n.nspname) AS text
  FROM pg_catalog.pg_namespace n, ${ON_SCHEMAS}
 WHERE ${USER_SCHEMAS} AND pg_catalog.has_schema_privilege(n.oid, p.name)
UNION ALL
SELECT pg_catalog.format('GRANT %s ON TABLE %I.%I', pg_catalog.string_agg(p.name, ', '), t.schema, t.name)
  FROM (SELECT c.oid, n.nspname AS schema, c.relname AS name FROM ${TABLES}) t, ${ON_TABLES}
 WHERE pg_catalog.has_table_privilege(t.oid, p.name) GROUP BY t.schema, t.name
UNION ALL
SELECT pg_catalog.format('GRANT %s ON SEQUENCE %I.%I', pg_catalog.string_agg(p.name, ', '), t.schema, t.name)
  FROM (SELECT c.oid, n.nspname AS schema, c.relname AS name FROM ${SEQUENCES}) t, ${ON_SEQUENCES}
 WHERE pg_catalog.has_sequence_privilege(t.oid, p.name) GROUP BY t.schema, t.name`;

/** The session is the app's own role, in the restored database. */
export async function grantAsOwn(
  session: Session,
  { role, database }: { readonly role: string; readonly database: string },
): Promise<Result<void>> {
  const own = await session.query(GRANTS);
  if (!own.ok) return own;
  const to = `TO ${quoteIdent(role)}`;
  return runAll(session, [
    "BEGIN",
    `GRANT CONNECT, TEMPORARY ON DATABASE ${quoteIdent(database)} ${to}`,
    ...own.value.map(({ text }) => `${text} ${to}`),
    "COMMIT",
  ]);
}

/** How many tables the role may use as the session's own may; a missing privilege is an error. */
export async function comparePrivileges(session: Session, role: string): Promise<Result<number>> {
  const row = await oneRow(
    session,
    `SELECT pg_catalog.count(DISTINCT t.oid)::text AS tables,
      pg_catalog.count(*) FILTER (WHERE NOT pg_catalog.has_table_privilege($1::name, t.oid, p.name))::text AS missing,
      pg_catalog.min(pg_catalog.format('%s on %I.%I', p.name, t.schema, t.name))
        FILTER (WHERE NOT pg_catalog.has_table_privilege($1::name, t.oid, p.name)) AS first
      FROM (SELECT c.oid, n.nspname AS schema, c.relname AS name FROM ${TABLES}) t, ${ON_TABLES}
     WHERE pg_catalog.has_table_privilege(t.oid, p.name)`,
    [role],
  );
  if (!row.ok) return row;
  const { tables, missing, first } = row.value;
  if (missing === "0") return ok(Number(tables));
  return fail({
    code: "failed",
    message: `Role ${showName(role)} lacks ${missing} privileges that the app's role has, such as ${first ?? ""}.`,
    hint: "The environment's user must own the restored tables to grant rights on them.",
  });
}
