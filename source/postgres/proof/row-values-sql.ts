/** The statement that reads the values of a few rows by their keys. */
import { qualified, quoteIdent, quoteLiteral } from "../identifiers.ts";
import { keyText, type TableAt } from "./explain-sql.ts";

/** Characters of one value that leave the server. */
export const MOST_CHARACTERS = 4_000;

/**
 * `key`, and for each column its value `v0` and the hash `h0` of all of it. The key's columns are
 * compared one by one as well, so that an index finds the rows; the text decides.
 */
export function valuesStatement(table: TableAt, keys: readonly string[]): string {
  const values = table.shape.columns.map(({ name }, at) => {
    const column = quoteIdent(name);
    const text = `pg_catalog.concat(${column})`;
    return `CASE WHEN pg_catalog.num_nulls(${column}) = 0 THEN pg_catalog.left(${text}, ${MOST_CHARACTERS}) END AS v${at},
  CASE WHEN pg_catalog.num_nulls(${column}) = 0 THEN pg_catalog.hashtextextended(${text} COLLATE pg_catalog."C", 0)::text END AS h${at}`;
  });
  const exact = `${keyText(table)} IN (${keys.map(quoteLiteral).join(", ")})`;
  const near = keys.map((key) => nearStatement(table, key));
  const found = near.every((one) => one !== undefined)
    ? [`(${near.join(" OR ")})`, exact]
    : [exact];
  return `SELECT ${[`${keyText(table)} AS key`, ...values].join(",\n  ")}
FROM ONLY ${qualified(table.schema, table.name)}
WHERE ${found.join(" AND ")}`;
}

/** Only types of the server itself are sure to have an `=` that is found. */
function nearStatement({ shape }: TableAt, key: string): string | undefined {
  const fields = recordFields(key);
  const plain = new Set(shape.columns.filter(({ as }) => as !== "quoted").map(({ name }) => name));
  if (fields.length !== shape.key.length) return undefined;
  const conditions = shape.key.flatMap((name, at) =>
    plain.has(name) ? [`${quoteIdent(name)} = ${quoteLiteral(fields[at] ?? "")}`] : [],
  );
  return conditions.length === 0 ? undefined : `(${conditions.join(" AND ")})`;
}

/** `a b` and `2` of `("a b",2)`: quotes and backslashes inside quotes are doubled. */
export function recordFields(record: string): readonly string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"\\]|""|\\\\)*)"|([^,"()]*))(?:,|$)/gsuy;
  const inner = record.slice(1, -1);
  while (field.lastIndex < inner.length || fields.length === 0) {
    const match = field.exec(inner);
    if (match === null) return [];
    const [, quoted, plain = ""] = match;
    fields.push(quoted?.replace(/""|\\\\/gu, (pair) => pair.slice(1)) ?? plain);
    if (match[0] === "") break;
  }
  return fields;
}
