/** Collations, and the versions of the libraries behind them. */
import { definition, notMember, owner, USER_SCHEMA, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const collations: FactQuery = {
  about: "collations",
  sql: (version) => `SELECT 'collation' AS kind, format('%I.%I', n.nspname, l.collname) AS object,
  ${definition(
    "'provider ' || l.collprovider::text",
    "'collate ' || quote_literal(l.collcollate)",
    "'character type ' || quote_literal(l.collctype)",
    `'locale ' || quote_literal(${localeColumn(version)})`,
    version >= 160_000 ? "'rules ' || quote_literal(l.collicurules)" : "NULL",
    when("NOT l.collisdeterministic", "'not deterministic'"),
    owner("l.collowner"),
  )} AS definition
FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_collation", "l.oid")}`,
};

function localeColumn(version: number): string {
  if (version >= 170_000) return "l.colllocale";
  return version >= 150_000 ? "l.colliculocale" : "NULL::text";
}

const USED = `FROM pg_collation l
JOIN pg_namespace n ON n.oid = l.collnamespace
CROSS JOIN LATERAL pg_collation_actual_version(l.oid) actual
WHERE actual IS NOT NULL AND (${USER_SCHEMA} OR l.oid IN (
  SELECT a.attcollation FROM pg_attribute a WHERE a.attrelid >= 16384 AND a.attcollation <> 0))`;

const DATABASE = `FROM pg_database d
CROSS JOIN LATERAL pg_database_collation_actual_version(d.oid) actual
WHERE d.datname = current_database()`;

/** Only of collations that are the user's or that a column uses: there are hundreds of others. */
export const collationVersions: FactQuery = {
  about: "collation versions",
  sql: (
    version,
  ) => `SELECT 'collation version' AS kind, format('%I.%I', n.nspname, l.collname) AS object,
  actual AS definition
${USED}
UNION ALL
SELECT 'outdated collation', format('%I.%I', n.nspname, l.collname),
  'made with collation version ' || l.collversion || ', the server has ' || actual
${USED} AND l.collversion <> actual
${version >= 150_000 ? OF_DATABASE : ""}`,
};

const OF_DATABASE = `UNION ALL
SELECT 'collation version', '(the database''s own)', actual
${DATABASE} AND actual IS NOT NULL
UNION ALL
SELECT 'outdated collation', '(the database''s own)',
  'made with collation version ' || d.datcollversion || ', the server has ' || coalesce(actual, 'none')
${DATABASE} AND d.datcollversion IS DISTINCT FROM actual AND d.datcollversion IS NOT NULL`;
