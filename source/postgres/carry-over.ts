/**
 * What a dump never carries: database settings, role settings for the database, grants on it
 * and its connection limit. Read from the primary's rows, written for the restore database.
 */
import { ok, type Result } from "../problem.ts";
import type { DatabaseFacts } from "./database-facts.ts";
import { quoteIdent, quoteLiteral } from "./identifiers.ts";
import type { Row, Session } from "./session.ts";
import { isTrue, textOf } from "./with-session.ts";

export interface CarryOver {
  /** For people: `setting work_mem`. */
  readonly label: string;
  readonly statement: string;
  /** The statement without values that may be secret: what the journal gets. */
  readonly shown: string;
}

export async function carryOverStatements(
  session: Session,
  primary: DatabaseFacts,
  database: string,
): Promise<Result<readonly CarryOver[]>> {
  const settings = await session.query(SETTINGS, [primary.oid]);
  if (!settings.ok) return settings;
  const grants = await session.query(GRANTS, [primary.oid]);
  if (!grants.ok) return grants;
  return ok([
    ...settings.value.map((row) => settingOf(row, database)),
    ...grantsOf(grants.value, primary, database),
  ]);
}

const SETTINGS = `SELECT r.rolname::text AS role, s.setting::text AS setting
FROM pg_catalog.pg_db_role_setting d
LEFT JOIN pg_catalog.pg_roles r ON r.oid = d.setrole
CROSS JOIN LATERAL pg_catalog.unnest(d.setconfig) WITH ORDINALITY s(setting, place)
WHERE d.setdatabase = $1::oid AND (d.setrole = 0 OR r.rolname IS NOT NULL)
ORDER BY r.rolname COLLATE "C" NULLS FIRST, s.place`;

/** No rows: the privileges are the default ones. */
const GRANTS = `SELECT CASE WHEN a.grantee = 0 THEN NULL ELSE g.rolname::text END AS grantee,
  a.privilege_type::text AS privilege, a.is_grantable::text AS grantable
FROM pg_catalog.pg_database d
CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) a
LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
WHERE d.oid = $1::oid AND d.datacl IS NOT NULL AND (a.grantee = 0 OR g.rolname IS NOT NULL)
ORDER BY 1 NULLS FIRST, 2`;

/** Settings whose value is a list of names: each is quoted on its own, as pg_dump does. */
const LISTS = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

function settingOf(row: Row, database: string): CarryOver {
  const setting = textOf(row, "setting");
  const at = setting.indexOf("=");
  const name = setting.slice(0, at);
  const value = setting.slice(at + 1);
  const role = row.role ?? null;
  const whose =
    role === null
      ? `DATABASE ${quoteIdent(database)}`
      : `ROLE ${quoteIdent(role)} IN DATABASE ${quoteIdent(database)}`;
  const assign = (shown: string) => `ALTER ${whose} SET ${settingName(name)} TO ${shown}`;
  return {
    label: role === null ? `setting ${name}` : `setting ${name} of role ${role}`,
    statement: assign(settingValue(name, value)),
    // Settings of an app's own, as in `app.jwt_secret`, are where secrets have been seen.
    shown: assign(name.includes(".") ? "'...'" : settingValue(name, value)),
  };
}

/** `a.b` names an extension's setting: two identifiers. */
function settingName(name: string): string {
  return name.split(".").map(quoteIdent).join(".");
}

function settingValue(name: string, value: string): string {
  if (!LISTS.has(name.toLowerCase())) return quoteLiteral(value);
  const parts = splitList(value);
  return parts.length === 0 ? "''" : parts.map(quoteLiteral).join(", ");
}

/** `"$user", public` as the server stores it: quotes doubled inside quotes. */
export function splitList(list: string): readonly string[] {
  const parts = list.match(/"(?:[^"]|"")*"|[^",\s]+/gu) ?? [];
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );
}

function grantsOf(
  rows: readonly Row[],
  primary: DatabaseFacts,
  database: string,
): readonly CarryOver[] {
  const on = `ON DATABASE ${quoteIdent(database)}`;
  if (rows.length === 0) return [];
  const revoke = `REVOKE ALL ${on} FROM PUBLIC, ${quoteIdent(primary.owner)}`;
  return [
    { label: "no default grants", statement: revoke, shown: revoke },
    ...rows.map((row) => {
      const grantee = row.grantee ?? null;
      const privilege = textOf(row, "privilege");
      const option = isTrue(row, "grantable") ? " WITH GRANT OPTION" : "";
      const whom = grantee === null ? "PUBLIC" : quoteIdent(grantee);
      const statement = `GRANT ${privilege} ${on} TO ${whom}${option}`;
      return { label: `${privilege} for ${grantee ?? "public"}`, statement, shown: statement };
    }),
  ];
}
