/** Publications, what they publish, and subscriptions. */
import { definition, owner, userMade, when } from "./fragments.ts";
import type { FactQuery } from "./types.ts";

export const publications: FactQuery = {
  about: "publications",
  sql: (version) => `SELECT 'publication' AS kind, quote_ident(p.pubname) AS object,
  ${definition(
    when("p.puballtables", "'for all tables'"),
    `'publishes ' || concat_ws(', ', ${[
      when("p.pubinsert", "'insert'"),
      when("p.pubupdate", "'update'"),
      when("p.pubdelete", "'delete'"),
      when("p.pubtruncate", "'truncate'"),
    ].join(", ")})`,
    when("p.pubviaroot", "'via partition root'"),
    version >= 180_000
      ? when("p.pubgencols <> 'n'", "'generated columns ' || p.pubgencols::text")
      : "NULL",
    owner("p.pubowner"),
  )} AS definition
FROM pg_publication p WHERE ${userMade("pg_publication", "p.oid")}`,
};

export const publishedTables: FactQuery = {
  about: "published tables",
  sql: (version) => `SELECT 'published table' AS kind,
  format('%I.%I in %I', n.nspname, c.relname, p.pubname) AS object,
  concat_ws(' ', 'published'${version >= 150_000 ? FILTERS : ""}) AS definition
FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid
JOIN pg_class c ON c.oid = r.prrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
${version >= 150_000 ? SCHEMAS : ""}`,
};

const FILTERS = `,
    'columns ' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C")
      FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
    'where ' || pg_get_expr(r.prqual, r.prrelid)`;

const SCHEMAS = `UNION ALL
SELECT 'published schema', format('%I in %I', n.nspname, p.pubname), 'published'
FROM pg_publication_namespace s
JOIN pg_publication p ON p.oid = s.pnpubid
JOIN pg_namespace n ON n.oid = s.pnnspid`;

/** Not the connection: only superusers may read it, and it holds a password. */
export const subscriptions: FactQuery = {
  about: "subscriptions",
  sql: () => `SELECT 'subscription' AS kind, quote_ident(s.subname) AS object,
  CASE WHEN s.subenabled THEN 'enabled' ELSE 'disabled' END AS definition
FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
WHERE d.datname = current_database()`,
};
