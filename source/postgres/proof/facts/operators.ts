/** Operators, their classes and their families. */
import { definition, identity, notMember, owner, routine, USER_SCHEMA, when } from "./fragments.ts";
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
