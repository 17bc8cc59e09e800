/** Text search parsers, templates, dictionaries and configurations. */
import { notMember, owner, routine, USER_SCHEMA } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const textSearch: FactQuery = {
  about: "text search",
  sql: () => `SELECT 'text search parser' AS kind, format('%I.%I', n.nspname, p.prsname) AS object,
  concat_ws(E'\\n', ${[
    routine("start", "p.prsstart"),
    routine("token", "p.prstoken"),
    routine("end", "p.prsend"),
    routine("headline", "p.prsheadline"),
    routine("token types", "p.prslextype"),
  ].join(", ")}) AS definition
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_ts_parser", "p.oid")}
UNION ALL
SELECT 'text search template', format('%I.%I', n.nspname, t.tmplname),
  concat_ws(E'\\n', ${routine("initialize", "t.tmplinit")}, ${routine("lexize", "t.tmpllexize")})
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_ts_template", "t.oid")}
UNION ALL
SELECT 'text search dictionary', format('%I.%I', n.nspname, d.dictname),
  concat_ws(E'\\n', format('template %I.%I', tn.nspname, t.tmplname),
    'options ' || d.dictinitoption, ${owner("d.dictowner")})
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_ts_dict", "d.oid")}
UNION ALL
SELECT 'text search configuration', format('%I.%I', n.nspname, f.cfgname),
  concat_ws(E'\\n', format('parser %I.%I', pn.nspname, p.prsname), ${owner("f.cfgowner")},
    (SELECT string_agg(line, E'\\n' ORDER BY token) FROM (
      SELECT m.maptokentype AS token, 'token ' || m.maptokentype || ': '
        || string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS line
      FROM pg_ts_config_map m WHERE m.mapcfg = f.oid GROUP BY m.maptokentype) mapped))
FROM pg_ts_config f JOIN pg_namespace n ON n.oid = f.cfgnamespace
JOIN pg_ts_parser p ON p.oid = f.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_ts_config", "f.oid")}`,
};
