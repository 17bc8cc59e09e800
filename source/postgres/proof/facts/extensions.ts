/** Extensions: their version stands for all their members. */
import { definition } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

/** Their owner is whoever restores: no dump carries it. */
export const extensions: FactQuery = {
  about: "extensions",
  sql: () => `SELECT 'extension' AS kind, quote_ident(e.extname) AS object,
  ${definition(
    "'version ' || e.extversion",
    "'schema ' || quote_ident(n.nspname)",
    `'configuration tables ' || (SELECT string_agg(t.name, ', ' ORDER BY t.name COLLATE "C")
      FROM (SELECT oid::regclass::text AS name FROM unnest(e.extconfig) oid) t)`,
  )} AS definition
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
};
