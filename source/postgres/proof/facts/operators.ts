/** Operators, their classes and families, casts, conversions, languages, transforms, access methods. */
import {
  definition,
  identity,
  notDerived,
  notMember,
  owner,
  routine,
  USER_SCHEMA,
  userMade,
  when,
} from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const operators: FactQuery = {
  about: "operators",
  sql: () => `SELECT 'operator' AS kind, o.oid::regoperator::text AS object,
  ${definition(
    "'result ' || format_type(o.oprresult, NULL)",
    routine("function", "o.oprcode"),
    when("o.oprcom <> 0", "'commutator ' || o.oprcom::regoperator::text"),
    when("o.oprnegate <> 0", "'negator ' || o.oprnegate::regoperator::text"),
    routine("restrict", "o.oprrest"),
    routine("join", "o.oprjoin"),
    when("o.oprcanmerge", "'merges'"),
    when("o.oprcanhash", "'hashes'"),
    owner("o.oprowner"),
  )} AS definition
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND ${USER_SCHEMA} AND ${notMember("pg_operator", "o.oid")}`,
};

export const operatorClasses: FactQuery = {
  about: "operator classes",
  sql: () => `SELECT 'operator class' AS kind, ${identity("pg_opclass", "o.oid")} AS object,
  ${definition(
    "'for ' || format_type(o.opcintype, NULL)",
    `'family ' || ${identity("pg_opfamily", "o.opcfamily")}`,
    when("o.opcdefault", "'default'"),
    when("o.opckeytype <> 0", "'storage ' || format_type(o.opckeytype, NULL)"),
    owner("o.opcowner"),
  )} AS definition
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_opclass", "o.oid")}`,
};

export const operatorFamilies: FactQuery = {
  about: "operator families",
  sql: () => `SELECT 'operator family' AS kind, ${identity("pg_opfamily", "f.oid")} AS object,
  ${definition(
    `(SELECT string_agg(concat_ws(' ', 'operator', a.amopstrategy, a.amopopr::regoperator::text,
        'for', format_type(a.amoplefttype, NULL), format_type(a.amoprighttype, NULL),
        CASE WHEN a.amopsortfamily <> 0 THEN 'orders by ' || ${identity("pg_opfamily", "a.amopsortfamily")} END),
        E'\\n' ORDER BY a.amopstrategy, a.amopopr::regoperator::text COLLATE "C")
      FROM pg_amop a WHERE a.amopfamily = f.oid)`,
    `(SELECT string_agg(concat_ws(' ', 'function', a.amprocnum, a.amproc::oid::regprocedure::text,
        'for', format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL)),
        E'\\n' ORDER BY a.amprocnum, a.amproc::oid::regprocedure::text COLLATE "C")
      FROM pg_amproc a WHERE a.amprocfamily = f.oid)`,
    owner("f.opfowner"),
  )} AS definition
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_opfamily", "f.oid")}`,
};

export const casts: FactQuery = {
  about: "casts",
  sql: () => `SELECT 'cast' AS kind,
  format_type(k.castsource, NULL) || ' as ' || format_type(k.casttarget, NULL) AS object,
  ${definition(
    "'context ' || k.castcontext::text",
    "'method ' || k.castmethod::text",
    routine("function", "k.castfunc"),
  )} AS definition
FROM pg_cast k WHERE ${userMade("pg_cast", "k.oid")}
  AND ${notDerived("pg_cast", "k.oid")}`,
};

export const conversions: FactQuery = {
  about: "conversions",
  sql: () => `SELECT 'conversion' AS kind, format('%I.%I', n.nspname, k.conname) AS object,
  ${definition(
    "pg_encoding_to_char(k.conforencoding) || ' to ' || pg_encoding_to_char(k.contoencoding)",
    routine("function", "k.conproc"),
    when("k.condefault", "'default'"),
    owner("k.conowner"),
  )} AS definition
FROM pg_conversion k JOIN pg_namespace n ON n.oid = k.connamespace
WHERE ${USER_SCHEMA} AND ${notMember("pg_conversion", "k.oid")}`,
};

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
