/** Reads what a database is made of: a few set-based queries, whatever the number of objects. */
import { fail, ok, type Problem, type Result } from "../../../problem.ts";
import { parseMarker } from "../../marker.ts";
import type { Row, Session } from "../../session.ts";
import { textOf } from "../../with-session.ts";
import { displayIdentity } from "./identity.ts";
import { FACT_QUERIES } from "./queries.ts";
import type { FactQuery, FactsReading, ReadFactsOptions } from "./types.ts";
import { uncoveredBy } from "./uncovered.ts";

/** Settings that show in definitions. Of the session, as the caller may be in a transaction. */
const PINNED = `SELECT pg_catalog.set_config(name, value, false) FROM (VALUES
  ('search_path', 'pg_catalog'), ('TimeZone', 'UTC'), ('DateStyle', 'ISO, MDY'),
  ('IntervalStyle', 'postgres'), ('extra_float_digits', '3'), ('bytea_output', 'hex'),
  ('quote_all_identifiers', 'off'), ('standard_conforming_strings', 'on')) AS s(name, value)`;

/**
 * Read on the primary in the dump's own snapshot, before and after the dump: definitions ignore
 * snapshots, so only when both are the same (see same-facts.ts) can they stand for the dump.
 */
export async function readFacts(
  session: Session,
  { serverVersion }: ReadFactsOptions,
): Promise<Result<FactsReading>> {
  const pinned = await session.query(PINNED);
  if (!pinned.ok) return pinned;
  const rows: Row[] = [];
  for (const query of FACT_QUERIES) {
    const sql = query.sql(serverVersion);
    if (sql === undefined) continue;
    const found = await session.query(sql);
    if (!found.ok) return fail(unreadable(query, found.problem));
    for (const row of found.value) rows.push(row);
  }
  const facts = collect(rows);
  return ok({ facts, uncovered: uncoveredBy(facts) });
}

function collect(rows: readonly Row[]): FactsReading["facts"] {
  const kinds = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const kind = textOf(row, "kind");
    const objects = kinds.get(kind) ?? new Map<string, string>();
    kinds.set(kind, objects);
    objects.set(displayIdentity(textOf(row, "object")), textOf(row, "definition"));
  }
  carryComment(kinds.get("database"));
  return Object.fromEntries(
    sorted(kinds).map(([kind, objects]) => [kind, Object.fromEntries(sorted(objects))]),
  );
}

/** A restore database has our marker for a comment, with the primary's inside. */
function carryComment(database: Map<string, string> | undefined): void {
  const marker = parseMarker(database?.get("comment") ?? null);
  if (database === undefined || marker === undefined) return;
  database.delete("comment");
  if (marker.primaryComment !== undefined) database.set("comment", marker.primaryComment);
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function unreadable({ about }: FactQuery, problem: Problem): Problem {
  // The functions that print definitions see the newest state, whatever the snapshot shows.
  const dropped = /cache lookup failed|could not open relation|does not exist/u;
  if (!dropped.test(problem.message)) return problem;
  return {
    ...problem,
    message: `Definitions changed while they were read (${about}): ${problem.message}`,
    hint: "Wait until schema changes are done, then run the step again.",
  };
}
