/** How sequences count and whose they are (where they stand is compared elsewhere). */
import { definition, notMember, owner, RELATION, USER_SCHEMA, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

const OWNED_BY = `(SELECT CASE d.deptype WHEN 'i' THEN 'identity of ' ELSE 'owned by ' END
    || format('%I.%I.%I', tn.nspname, t.relname, a.attname)
    FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))`;

export const sequenceDefinitions: FactQuery = {
  about: "sequences",
  sql: () => `SELECT 'sequence' AS kind, ${RELATION} AS object,
  ${definition(
    when("c.relpersistence = 'u'", "'unlogged'"),
    `format('as %s from %s to %s, starts at %s, by %s, cache %s', format_type(s.seqtypid, NULL),
      s.seqmin, s.seqmax, s.seqstart, s.seqincrement, s.seqcache)`,
    when("s.seqcycle", "'cycles'"),
    OWNED_BY,
    owner("c.relowner"),
  )} AS definition
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't' AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}`,
};
