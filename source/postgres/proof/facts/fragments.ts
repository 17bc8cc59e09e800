/** Pieces of SQL that the catalogue queries share. */

/** Leaves out what the server itself owns and what only one session sees. */
export const USER_SCHEMA = `n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'`;

/** Members come with CREATE EXTENSION, so that the extension's version stands for them. */
export function notMember(catalogue: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend member
    WHERE member.classid = 'pg_catalog.${catalogue}'::regclass AND member.objid = ${oid}
      AND member.deptype = 'e')`;
}

/** Constructors of ranges and casts to multiranges come with their type. */
export function notDerived(catalogue: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend derived
    WHERE derived.classid = 'pg_catalog.${catalogue}'::regclass AND derived.objid = ${oid}
      AND derived.deptype = 'i')`;
}

/** A relation's name as the server quotes it; needs the aliases `n` and `c`. */
export const RELATION = `format('%I.%I', n.nspname, c.relname)`;

/** `fillfactor=70, user_catalog_table=true`, in a fixed order; NULL for none. */
export function optionList(options: string): string {
  return `(SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(${options}) o)`;
}

/** The text when the condition holds, else NULL, which concat_ws leaves out. */
export function when(condition: string, text: string): string {
  return `CASE WHEN ${condition} THEN ${text} END`;
}

/** One fact a row; the parts that are NULL are left out. */
export function definition(...parts: readonly string[]): string {
  return `concat_ws(E'\\n', ${parts.join(",\n  ")})`;
}

/** The owner's name as a part of a definition. */
export function owner(column: string): string {
  return `'owner ' || quote_ident(pg_get_userbyid(${column}))`;
}

/** The server's own name of an object, whatever its kind. */
export function identity(catalogue: string, oid: string): string {
  return `(pg_identify_object('pg_catalog.${catalogue}'::regclass, ${oid}, 0)).identity`;
}

/** What a fresh cluster holds has lower numbers. */
export const FIRST_USER_OID = 16384;

/** Made by a user, not by the server or an extension. */
export function userMade(catalogue: string, oid: string): string {
  return `${oid} >= ${FIRST_USER_OID} AND ${notMember(catalogue, oid)}`;
}

/** `label public.f(integer)`; NULL where there is no such function. */
export function routine(label: string, column: string): string {
  return when(`${column} <> 0`, `'${label} ' || ${column}::oid::regprocedure::text`);
}

/** `enabled` says when a trigger or rule fires: nothing for the usual. */
export function firing(column: string): string {
  return `CASE ${column} WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'fires on replicas only'
    WHEN 'A' THEN 'fires always' END`;
}
