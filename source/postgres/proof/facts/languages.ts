/** Languages, transforms and access methods. */
import { definition, owner, routine, userMade, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const languages: FactQuery = {
  about: "languages",
  sql: () => `SELECT 'language' AS kind, quote_ident(l.lanname) AS object,
  ${definition(
    when("l.lanpltrusted", "'trusted'"),
    routine("handler", "l.lanplcallfoid"),
    routine("inline", "l.laninline"),
    routine("validator", "l.lanvalidator"),
    owner("l.lanowner"),
  )} AS definition
FROM pg_language l WHERE l.lanispl AND ${userMade("pg_language", "l.oid")}
UNION ALL
SELECT 'transform', format_type(x.trftype, NULL) || ' for ' || quote_ident(l.lanname),
  ${definition(routine("from SQL", "x.trffromsql"), routine("to SQL", "x.trftosql"))}
FROM pg_transform x JOIN pg_language l ON l.oid = x.trflang WHERE ${userMade("pg_transform", "x.oid")}
UNION ALL
SELECT 'access method', quote_ident(m.amname),
  'type ' || m.amtype::text || ', handler ' || m.amhandler::oid::regprocedure::text
FROM pg_am m WHERE ${userMade("pg_am", "m.oid")}`,
};
