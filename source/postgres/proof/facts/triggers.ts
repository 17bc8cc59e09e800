/** Triggers of tables and of the database, and row security policies. */
import { definition, firing, notMember, owner, USER_SCHEMA, userMade, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

const OF_TABLES = `FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
WHERE c.relpersistence <> 't' AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`;

/** Those that stand for a constraint are told with it. */
export const triggers: FactQuery = {
  about: "triggers",
  sql: () => `SELECT 'trigger' AS kind,
  format('%I on %I.%I', t.tgname, n.nspname, c.relname) AS object,
  ${definition(
    "pg_get_triggerdef(t.oid)",
    firing("t.tgenabled"),
    when("t.tgparentid <> 0", "'comes from the partitioned table'"),
  )} AS definition
${OF_TABLES} AND (NOT t.tgisinternal OR t.tgparentid <> 0)
  AND (k.contype IS NULL OR k.contype = 't')`,
};

/** DISABLE TRIGGER ALL also switches foreign keys off, which no dump carries. */
export const disabledConstraintTriggers: FactQuery = {
  about: "disabled foreign-key triggers",
  sql: () => `SELECT 'disabled foreign-key triggers' AS kind,
  format('%I.%I', n.nspname, c.relname) AS object,
  string_agg(DISTINCT quote_ident(k.conname) || ' ' || ${firing("t.tgenabled")}, ', ') AS definition
${OF_TABLES} AND t.tgisinternal AND t.tgenabled <> 'O' AND k.contype IN ('f', 'p', 'u', 'x')
GROUP BY n.nspname, c.relname`,
};

export const policies: FactQuery = {
  about: "row security policies",
  sql: () => `SELECT 'policy' AS kind,
  format('%I on %I.%I', p.polname, n.nspname, c.relname) AS object,
  concat_ws(' ',
    CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
    'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
      WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    'TO ' || (SELECT string_agg(r.name, ', ' ORDER BY r.name COLLATE "C") FROM (
      SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END AS name
      FROM unnest(p.polroles) role) r),
    'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
  ) AS definition
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ${USER_SCHEMA}`,
};

export const eventTriggers: FactQuery = {
  about: "event triggers",
  sql: () => `SELECT 'event trigger' AS kind, quote_ident(e.evtname) AS object,
  ${definition(
    "'on ' || e.evtevent",
    `'when tag in (' || (SELECT string_agg(tag, ', ' ORDER BY tag COLLATE "C") FROM unnest(e.evttags) tag) || ')'`,
    "'execute ' || e.evtfoid::regprocedure::text",
    firing("e.evtenabled"),
    owner("e.evtowner"),
  )} AS definition
FROM pg_event_trigger e WHERE ${userMade("pg_event_trigger", "e.oid")}`,
};
