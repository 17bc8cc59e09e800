/** Schemas and tables: everything but their columns. */
import {
  definition,
  notMember,
  optionList,
  owner,
  RELATION,
  USER_SCHEMA,
  userMade,
  when,
} from "./fragments.ts";
import { secretOptions } from "./options.ts";
import type { FactQuery } from "./types.ts";

/** `public` is the server's own and the user's. */
export const schemas: FactQuery = {
  about: "schemas",
  sql: () => `SELECT 'schema' AS kind, quote_ident(n.nspname) AS object,
  ${owner("n.nspowner")} AS definition
FROM pg_namespace n
WHERE ${USER_SCHEMA} AND (n.nspname = 'public' OR ${userMade("pg_namespace", "n.oid")})`,
};

const PARENTS = `(SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY h.inhseqno)
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
    JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid)`;

export const tables: FactQuery = {
  about: "tables",
  sql: () => `SELECT 'table' AS kind, ${RELATION} AS object,
  ${definition(
    `CASE c.relpersistence WHEN 'u' THEN 'unlogged ' ELSE '' END
      || CASE c.relkind WHEN 'p' THEN 'partitioned ' WHEN 'f' THEN 'foreign ' ELSE '' END || 'table'`,
    owner("c.relowner"),
    when("m.amname <> 'heap'", "'using ' || quote_ident(m.amname)"),
    "'tablespace ' || quote_ident(s.spcname)",
    `'with (' || ${optionList("c.reloptions")} || ')'`,
    `'toast with (' || ${optionList("toast.reloptions")} || ')'`,
    when("c.relrowsecurity", "'row security enabled'"),
    when("c.relforcerowsecurity", "'row security forced'"),
    `CASE c.relreplident WHEN 'n' THEN 'replica identity nothing'
      WHEN 'f' THEN 'replica identity full' WHEN 'i' THEN 'replica identity index' END`,
    `CASE WHEN c.relispartition THEN 'partition of ' ELSE 'inherits ' END || ${PARENTS}`,
    "pg_get_expr(c.relpartbound, c.oid)",
    when("c.relkind = 'p'", "'partition by ' || pg_get_partkeydef(c.oid)"),
    when("c.reloftype <> 0", "'of type ' || format_type(c.reloftype, NULL)"),
    "'server ' || quote_ident(fs.srvname)",
    `'options (' || ${secretOptions("ft.ftoptions")} || ')'`,
  )} AS definition
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};
