/**
 * Fingerprints of large objects. By pages of 2 kB, without trailing zeros: a hole in one object is
 * a page of zeros in its restored copy. Sums per object, or per group where there are many.
 */
import { ok, type Result } from "../../problem.ts";
import type { Session } from "../session.ts";
import { isTrue, numberOf, oneRow, textOf } from "../with-session.ts";
import type { ProofLevel } from "./row-text.ts";

export interface LargeObjects {
  readonly objects: number;
  /** By OID, or by the OID's remainder where there are many. */
  readonly by: "object" | "remainder";
  /** `objects bytes sumA sumB`, or `objects` alone at the level `counts`. */
  readonly sums: Readonly<Record<string, string>>;
}

/** Objects that get a sum each. */
const MOST_SINGLE = 1_000;
const PAGE_BYTES = 2_048;
/** Pages that are read at a time. */
const CHUNK_PAGES = 128;

const COUNT = `SELECT count(*)::text AS objects,
  (has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')
    AND current_setting('block_size') = '${PAGE_BYTES * 4}')::text AS direct
FROM pg_catalog.pg_largeobject_metadata`;

/** Needs the comparing settings. Errors: an object that this user may not read. */
export async function readLargeObjects(
  session: Session,
  level: ProofLevel,
): Promise<Result<LargeObjects>> {
  const counted = await oneRow(session, COUNT);
  if (!counted.ok) return counted;
  const objects = numberOf(counted.value, "objects");
  const by = objects <= MOST_SINGLE ? "object" : "remainder";
  if (objects === 0) return ok({ objects, by, sums: {} });
  const rows = await session.query(statement(level, by, isTrue(counted.value, "direct")));
  if (!rows.ok) return rows;
  const sums = rows.value.map((row) => [textOf(row, "part"), textOf(row, "sums")] as const);
  return ok({ objects, by, sums: Object.fromEntries(sums) });
}

function statement(level: ProofLevel, by: LargeObjects["by"], direct: boolean): string {
  const part = by === "object" ? "oid::text" : `(oid::bigint % ${MOST_SINGLE})::text`;
  if (level === "counts") {
    return `SELECT ${part} AS part, count(*)::text AS sums FROM pg_catalog.pg_largeobject_metadata GROUP BY 1`;
  }
  const pages = direct ? DIRECT_PAGES : OPENED_PAGES;
  return `WITH pages AS (${pages}),
  hashes AS (SELECT oid, page, bytes, trimmed <> '' AS filled,
      hashtextextended(oid || ' ' || page || ' ' || trimmed COLLATE "C", 11) AS a,
      hashtextextended(oid || ' ' || page || ' ' || trimmed COLLATE "C", 12) AS b FROM pages),
  objects AS (SELECT oid, coalesce(max(bytes), 0) AS bytes,
      coalesce(sum(a) FILTER (WHERE filled), 0) AS a, coalesce(sum(b) FILTER (WHERE filled), 0) AS b
    FROM hashes GROUP BY oid)
SELECT ${part} AS part, count(*) || ' ' || sum(bytes) || ' '
  || sum(a + hashtextextended((oid || ' ' || bytes) COLLATE "C", 13)) || ' '
  || sum(b + hashtextextended((oid || ' ' || bytes) COLLATE "C", 14)) AS sums
FROM objects GROUP BY 1`;
}

/** Trimmed as hexadecimal digits: trimming bytes is new in 14, and says the same. */
const DIRECT_PAGES = `SELECT m.oid, coalesce(p.pageno, 0) AS page,
    p.pageno::bigint * ${PAGE_BYTES} + length(p.data) AS bytes,
    coalesce(rtrim(encode(p.data, 'hex'), '0'), '') AS trimmed
  FROM pg_catalog.pg_largeobject_metadata m
  LEFT JOIN pg_catalog.pg_largeobject p ON p.loid = m.oid`;

/**
 * A chunk at a time, so that an object of any size takes little memory; one of zeros has no page
 * that counts. 262144 in lo_open: INV_READ. 2: from the end.
 */
const OPENED_PAGES = `SELECT s.oid, coalesce(c.chunk * ${CHUNK_PAGES} + p.page, 0)::int AS page, s.bytes,
    coalesce(rtrim(encode(substring(d.data, p.page * ${PAGE_BYTES} + 1, ${PAGE_BYTES}), 'hex'), '0'), '') AS trimmed
  FROM (SELECT o.oid, lo_lseek64(o.fd, 0, 2) + 0 * lo_close(o.fd) AS bytes
    FROM (SELECT oid, lo_open(oid, 262144) AS fd FROM pg_catalog.pg_largeobject_metadata OFFSET 0) o OFFSET 0) s
  LEFT JOIN LATERAL generate_series(0, (s.bytes - 1) / ${CHUNK_PAGES * PAGE_BYTES}) AS c(chunk) ON s.bytes > 0
  LEFT JOIN LATERAL (SELECT lo_get(s.oid, c.chunk * ${CHUNK_PAGES * PAGE_BYTES}, ${CHUNK_PAGES * PAGE_BYTES}) AS data OFFSET 0) d ON c.chunk IS NOT NULL
  LEFT JOIN LATERAL generate_series(0, (length(d.data) - 1) / ${PAGE_BYTES}) AS p(page)
    ON d.data <> (SELECT decode(repeat('00', ${CHUNK_PAGES * PAGE_BYTES}), 'hex'))`;
