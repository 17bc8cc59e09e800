/** Indexes, with what their definition does not say. */
import { definition, notMember, USER_SCHEMA, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const indexes: FactQuery = {
  about: "indexes",
  sql: () => `SELECT 'index' AS kind,
  format('%I.%I', n.nspname, i.relname) AS object,
  ${definition(
    "pg_get_indexdef(i.oid)",
    when("NOT x.indisvalid", "'invalid'"),
    when("NOT x.indisready", "'not ready'"),
    when("x.indisclustered", "'clustered'"),
    when("x.indisreplident", "'replica identity'"),
    "'tablespace ' || quote_ident(s.spcname)",
    "'attached to ' || quote_ident(pn.nspname) || '.' || quote_ident(p.relname)",
    `(SELECT string_agg('statistics ' || a.attstattarget || ' of column ' || a.attnum, E'\\n' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget >= 0)`,
  )} AS definition
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace s ON s.oid = i.reltablespace
LEFT JOIN pg_inherits h ON h.inhrelid = i.oid
LEFT JOIN pg_class p ON p.oid = h.inhparent
LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relpersistence <> 't' AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};
