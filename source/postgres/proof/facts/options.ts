/** Options and settings that may be secret: their values never leave the server. */

/** Names whose values tell an operator something and are no secrets. */
const PLAIN = [
  "column_name",
  "dbname",
  "delimiter",
  "extensions",
  "fetch_size",
  "filename",
  "format",
  "header",
  "host",
  "hostaddr",
  "port",
  "schema_name",
  "sslmode",
  "table_name",
  "updatable",
  "use_remote_estimate",
  "user",
];

const PLAIN_LIST = PLAIN.map((name) => `'${name}'`).join(", ");

/**
 * Six hex digits: enough to notice a change (one in 16 million slips through), too few to find
 * a password by trying a dictionary.
 */
export function fingerprint(text: string): string {
  return `'#' || left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 6)`;
}

/** `host=10.0.0.1, password=#1a2b3c` of a text[] of `name=value`; NULL for none. */
export function secretOptions(options: string): string {
  return `(SELECT string_agg(CASE WHEN split_part(o, '=', 1) IN (${PLAIN_LIST}) THEN o
    ELSE split_part(o, '=', 1) || '=' || ${fingerprint("o")} END, ', ' ORDER BY o COLLATE "C")
    FROM unnest(${options}) o)`;
}
