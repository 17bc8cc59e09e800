/** Pieces of SQL that the catalogue queries share. */

/** Leaves out what the server itself owns and what only one session sees. */
export const USER_SCHEMA = `n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'`;

/** Members come with CREATE EXTENSION, so that the extension's version stands for them. */
export function notMember(catalogue: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend member
    WHERE member.classid = 'pg_catalog.${catalogue}'::regclass AND member.objid = ${oid}
      AND member.deptype = 'e')`;
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
