/** Casts and conversions. */
import {
  definition,
  notDerived,
  notMember,
  owner,
  routine,
  USER_SCHEMA,
  userMade,
  when,
} from "./fragments.ts";
import type { FactQuery } from "./types.ts";

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
