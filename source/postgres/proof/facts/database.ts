/** The database itself: what no dump carries, and what the drill carries over. */
import { privileges } from "./grants.ts";
import { fingerprint } from "./options.ts";
import type { FactQuery } from "./types.ts";

function columnsOf(version: number): readonly (readonly [string, string])[] {
  return [
    ["encoding", "pg_encoding_to_char(d.encoding)"],
    ["collation", "d.datcollate::text"],
    ["character type", "d.datctype::text"],
    ["locale provider", version >= 150_000 ? "d.datlocprovider::text" : "'c'"],
    ["locale", localeColumn(version)],
    ["ICU rules", version >= 160_000 ? "d.daticurules" : "NULL"],
    ["owner", "quote_ident(pg_get_userbyid(d.datdba))"],
    ["tablespace", "quote_ident(t.spcname)"],
    ["connection limit", "d.datconnlimit::text"],
    ["comment", "shobj_description(d.oid, 'pg_database')"],
    // Who granted is left out: the drill carries grants over in its own name.
    ["grants", privileges("coalesce(d.datacl, acldefault('d', d.datdba))", "g.grantor")],
  ];
}

export const databaseFacts: FactQuery = {
  about: "the database",
  sql: (version) => `SELECT 'database' AS kind, f.object, f.definition
FROM pg_database d
JOIN pg_tablespace t ON t.oid = d.dattablespace
CROSS JOIN LATERAL (VALUES
  ${columnsOf(version)
    .map(([object, sql]) => `('${object}', (${sql})::text)`)
    .join(",\n  ")}) AS f(object, definition)
WHERE d.datname = current_database() AND f.definition IS NOT NULL`,
};

function localeColumn(version: number): string {
  if (version >= 170_000) return "d.datlocale";
  return version >= 150_000 ? "d.daticulocale" : "NULL";
}

/** Settings of an app's own, as in `app.jwt_secret`, are where secrets have been seen. */
const SECRET = `(o.name LIKE '%.%' OR o.name ~* 'pass|secret|key|token|conninfo')`;

export const settings: FactQuery = {
  about: "settings of the database",
  sql: () => `SELECT 'setting' AS kind,
  o.name || coalesce(' of role ' || quote_ident(r.rolname), '') AS object,
  CASE WHEN ${SECRET} THEN ${fingerprint("o.name || o.value")} ELSE o.value END AS definition
FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase
LEFT JOIN pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL (SELECT split_part(x, '=', 1) AS name, substr(x, strpos(x, '=') + 1) AS value
  FROM unnest(s.setconfig) x) o
WHERE d.datname = current_database() AND (s.setrole = 0 OR r.rolname IS NOT NULL)`,
};

/** Not compared: it explains what this reading could and could not see. */
export const reader: FactQuery = {
  about: "the session",
  sql: () => `SELECT 'read by' AS kind, f.object, f.definition
FROM pg_roles r CROSS JOIN LATERAL (VALUES
  ('user', quote_ident(r.rolname)),
  ('superuser', CASE WHEN r.rolsuper THEN 'yes' ELSE 'no' END),
  ('server', split_part(current_setting('server_version'), ' ', 1))) AS f(object, definition)
WHERE r.rolname = current_user`,
};
