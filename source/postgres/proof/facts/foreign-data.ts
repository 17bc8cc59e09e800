/** Foreign data wrappers, servers and user mappings; the tables are with the tables. */
import { definition, owner, routine, userMade } from "./fragments.ts";
import { secretOptions } from "./options.ts";
import type { FactQuery } from "./types.ts";

export const foreignData: FactQuery = {
  about: "foreign servers",
  sql: () => `SELECT 'foreign data wrapper' AS kind, quote_ident(w.fdwname) AS object,
  ${definition(
    routine("handler", "w.fdwhandler"),
    routine("validator", "w.fdwvalidator"),
    `'options (' || ${secretOptions("w.fdwoptions")} || ')'`,
    owner("w.fdwowner"),
  )} AS definition
FROM pg_foreign_data_wrapper w WHERE ${userMade("pg_foreign_data_wrapper", "w.oid")}
UNION ALL
SELECT 'foreign server', quote_ident(s.srvname),
  ${definition(
    "'wrapper ' || quote_ident(w.fdwname)",
    "'type ' || s.srvtype",
    "'version ' || s.srvversion",
    `'options (' || ${secretOptions("s.srvoptions")} || ')'`,
    owner("s.srvowner"),
  )}
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE ${userMade("pg_foreign_server", "s.oid")}
UNION ALL
SELECT 'user mapping', format('%s on %I', CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END, m.srvname),
  coalesce('options (' || ${secretOptions("m.umoptions")} || ')', 'no options')
FROM pg_user_mappings m`,
};
