/** Constraints of tables and domains. */
import { notMember, USER_SCHEMA } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

/**
 * Not-null constraints of PostgreSQL 18 are told with their columns. Foreign keys of partitions
 * that follow from the parent's have names which a restore makes up anew.
 */
export const constraints: FactQuery = {
  about: "constraints",
  sql: () => `SELECT 'constraint' AS kind,
  format('%I on %I.%I', k.conname, n.nspname, c.relname) AS object,
  pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND (k.contype <> 'f' OR k.conparentid = 0)
  AND c.relpersistence <> 't' AND ${USER_SCHEMA} AND ${notMember("pg_class", "c.oid")}
UNION ALL
SELECT 'constraint', format('%I on domain %I.%I', k.conname, n.nspname, t.typname),
  pg_get_constraintdef(k.oid)
FROM pg_constraint k
JOIN pg_type t ON t.oid = k.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE k.contype = 'c' AND ${USER_SCHEMA} AND ${notMember("pg_type", "t.oid")}`,
};
