/** Who may do what, on objects of every kind, and by default on objects to come. */
import { notDerived } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

/**
 * `alice: INSERT, SELECT*; PUBLIC: SELECT`, whatever the order inside the list; `*` may be passed
 * on. Who granted is told where it was not the owner.
 */
export function privileges(acl: string, owner: string): string {
  return `(SELECT coalesce(string_agg(line, '; ' ORDER BY line COLLATE "C"), 'nobody') FROM (
    SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END
      || CASE WHEN g.grantor <> ${owner} THEN ' by ' || quote_ident(pg_get_userbyid(g.grantor)) ELSE '' END
      || ': ' || string_agg(g.privilege_type || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', '
        ORDER BY g.privilege_type COLLATE "C") AS line
    FROM aclexplode(${acl}) g GROUP BY g.grantee, g.grantor) lines)`;
}

interface Granted {
  readonly catalogue: string;
  readonly prefix: string;
  /** SQL for the letter acldefault knows this kind by. */
  readonly letter: string;
  readonly condition?: string;
}

const GRANTED: readonly Granted[] = [
  {
    catalogue: "pg_class",
    prefix: "rel",
    letter: `CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"`,
    condition: "o.relpersistence <> 't'",
  },
  {
    catalogue: "pg_namespace",
    prefix: "nsp",
    letter: `'n'`,
    condition: "o.nspname !~ '^pg_t' AND o.nspname <> 'public'",
  },
  { catalogue: "pg_proc", prefix: "pro", letter: `'f'`, condition: notDerived("pg_proc", "o.oid") },
  { catalogue: "pg_type", prefix: "typ", letter: `'T'`, condition: "o.typtype <> 'm'" },
  { catalogue: "pg_language", prefix: "lan", letter: `'l'` },
  { catalogue: "pg_foreign_data_wrapper", prefix: "fdw", letter: `'F'` },
  { catalogue: "pg_foreign_server", prefix: "srv", letter: `'S'` },
];

/** An empty list means the default, so only explicit ones are looked at. */
function explicitGrants({ catalogue, prefix, letter, condition }: Granted): string {
  return `SELECT 'pg_catalog.${catalogue}'::regclass AS class, o.oid AS id, 0 AS sub,
  o.${prefix}acl AS acl, o.${prefix}owner AS owner, acldefault(${letter}, o.${prefix}owner) AS usual
FROM pg_catalog.${catalogue} o WHERE o.${prefix}acl IS NOT NULL${condition === undefined ? "" : ` AND ${condition}`}`;
}

const OF_COLUMNS = `SELECT 'pg_class'::regclass, a.attrelid, a.attnum::int, a.attacl, c.relowner,
  acldefault('c', c.relowner)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.relpersistence <> 't'`;

/** Told always: a user may have made it anew, and then it starts with other grants. */
const PUBLIC_NOW = privileges("coalesce(n.nspacl, acldefault('n', n.nspowner))", "n.nspowner");

/**
 * Compared with what an object has from the start: objects of the server and of extensions come
 * with grants of their own, and only changes to those are in a dump (of information_schema none).
 */
export const grants: FactQuery = {
  about: "grants",
  sql: () => `SELECT 'grants' AS kind, i.type || ' ' || i.identity AS object, g.now AS definition
FROM (SELECT x.class, x.id, x.sub, ${privileges("x.acl", "x.owner")} AS now,
    ${privileges("coalesce(p.initprivs, x.usual)", "x.owner")} AS before
  FROM (${[...GRANTED.map(explicitGrants), OF_COLUMNS].join("\nUNION ALL\n")}) x
  LEFT JOIN pg_init_privs p ON p.classoid = x.class AND p.objoid = x.id AND p.objsubid = x.sub) g
CROSS JOIN LATERAL pg_identify_object(g.class, g.id, g.sub) i
WHERE g.now <> g.before AND i.identity IS NOT NULL
  AND i.identity !~ '^(information_schema|pg_(toast_)?temp(_[0-9]+)?)(\\.|$)'
UNION ALL
SELECT 'grants', 'schema public', ${PUBLIC_NOW} FROM pg_namespace n WHERE n.nspname = 'public'`,
};

const OBJECTS = `CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
  WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' WHEN 'L' THEN 'large objects'
  ELSE d.defaclobjtype::text END`;

export const defaultPrivileges: FactQuery = {
  about: "default privileges",
  sql: () => `SELECT 'default privileges' AS kind,
  ${OBJECTS} || ' of ' || quote_ident(pg_get_userbyid(d.defaclrole))
    || coalesce(' in ' || quote_ident(n.nspname), '') AS object,
  ${privileges("d.defaclacl", "d.defaclrole")} AS definition
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`,
};
