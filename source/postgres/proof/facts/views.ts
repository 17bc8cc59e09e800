/** Views, materialized views and rules. */
import {
  definition,
  firing,
  notMember,
  optionList,
  owner,
  RELATION,
  USER_SCHEMA,
  when,
} from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const views: FactQuery = {
  about: "views",
  sql: () => `SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind,
  ${RELATION} AS object,
  ${definition(
    owner("c.relowner"),
    when("m.amname <> 'heap'", "'using ' || quote_ident(m.amname)"),
    "'tablespace ' || quote_ident(s.spcname)",
    `'with (' || ${optionList("c.reloptions")} || ')'`,
    "pg_get_viewdef(c.oid)",
  )} AS definition
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
  AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};

/** Apart from the definition: a view that waits for its first REFRESH is no other view. */
export const populated: FactQuery = {
  about: "materialized views",
  sql: () => `SELECT 'populated' AS kind, ${RELATION} AS object,
  CASE WHEN c.relispopulated THEN 'populated' ELSE 'not populated' END AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};

export const rules: FactQuery = {
  about: "rules",
  sql: () => `SELECT 'rule' AS kind,
  format('%I on %I.%I', r.rulename, n.nspname, c.relname) AS object,
  ${definition("pg_get_ruledef(r.oid)", firing("r.ev_enabled"))} AS definition
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't'
  AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};
