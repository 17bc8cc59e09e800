/** Types a user made: enums, composites, domains, ranges, base types and shells. */
import { identity, notMember, owner, routine, USER_SCHEMA, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

const ENUM = `'enum (' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
    FROM pg_enum e WHERE e.enumtypid = t.oid), '') || ')'`;

const COMPOSITE = `'composite (' || coalesce((SELECT string_agg(concat_ws(' ', quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation <> at.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END),
      ', ' ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'`;

const DOMAIN = `concat_ws(' ', 'domain over', format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typcollation <> b.typcollation THEN 'COLLATE ' || t.typcollation::regcollation::text END,
    ${when("t.typnotnull", "'NOT NULL'")},
    'DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)))`;

function range(version: number): string {
  return `concat_ws(', ', 'range over ' || format_type(r.rngsubtype, NULL),
    ${when("r.rngcollation <> 0", "'collation ' || r.rngcollation::regcollation::text")},
    'operator class ' || ${identity("pg_opclass", "r.rngsubopc")},
    ${routine("canonical", "r.rngcanonical")}, ${routine("difference", "r.rngsubdiff")},
    ${version >= 140_000 ? "'multirange ' || format_type(r.rngmultitypid, NULL)" : "NULL"})`;
}

function base(version: number): string {
  return `concat_ws(', ', 'base type', 'length ' || t.typlen, 'by value ' || t.typbyval,
    'alignment ' || t.typalign::text, 'storage ' || t.typstorage::text, 'delimiter ' || t.typdelim::text,
    'category ' || t.typcategory::text, 'preferred ' || t.typispreferred,
    ${routine("input", "t.typinput")}, ${routine("output", "t.typoutput")},
    ${routine("receive", "t.typreceive")}, ${routine("send", "t.typsend")},
    ${routine("modifier input", "t.typmodin")}, ${routine("modifier output", "t.typmodout")},
    ${routine("analyze", "t.typanalyze")},
    ${version >= 140_000 ? routine("subscript", "t.typsubscript") : "NULL"},
    ${when("t.typelem <> 0", "'element ' || format_type(t.typelem, NULL)")},
    ${when("t.typcollation <> 0", "'collatable'")},
    'default ' || quote_literal(t.typdefault))`;
}

/** Arrays, multiranges and the row types of tables come with what they belong to. */
export const userTypes: FactQuery = {
  about: "types",
  sql: (version) => `SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind,
  format('%I.%I', n.nspname, t.typname) AS object,
  concat_ws(E'\\n', CASE WHEN NOT t.typisdefined THEN 'shell type' ELSE CASE t.typtype
    WHEN 'e' THEN ${ENUM}
    WHEN 'c' THEN ${COMPOSITE}
    WHEN 'd' THEN ${DOMAIN}
    WHEN 'r' THEN ${range(version)}
    ELSE ${base(version)} END END, ${owner("t.typowner")}) AS definition
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_type element ON element.oid = t.typelem
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype <> 'm' AND (t.typrelid = 0 OR c.relkind = 'c')
  AND element.typarray IS DISTINCT FROM t.oid
  AND ${USER_SCHEMA} AND ${notMember("pg_type", "t.oid")}`,
};
