/** Comments and security labels, on objects of every kind. */
import { FIRST_USER_OID } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

function describedBy(catalogue: string): string {
  return `FROM pg_catalog.${catalogue} d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE i.identity IS NOT NULL AND i.identity !~ '(^| on )pg_(toast_)?temp(_[0-9]+)?\\.'
  AND NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = d.classoid
    AND member.objid = d.objoid AND member.deptype = 'e')
  AND (d.objoid >= ${FIRST_USER_OID} OR d.classoid = 'pg_largeobject'::regclass
    OR d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public'))`;
}

/** The standard comment on schema public is there or not, as the server's template has it. */
export const comments: FactQuery = {
  about: "comments",
  sql: () => `SELECT 'comment' AS kind, i.type || ' ' || i.identity AS object, d.description AS definition
${describedBy("pg_description")}
  AND NOT (i.type = 'schema' AND i.identity = 'public' AND d.description = 'standard public schema')`,
};

export const securityLabels: FactQuery = {
  about: "security labels",
  sql: () => `SELECT 'security label' AS kind,
  i.type || ' ' || i.identity || ' by ' || quote_ident(d.provider) AS object, d.label AS definition
${describedBy("pg_seclabel")}
UNION ALL
SELECT 'security label', 'database by ' || quote_ident(l.provider), l.label
FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid
WHERE l.classoid = 'pg_database'::regclass AND d.datname = current_database()`,
};
