/** Settings of every session that compares: the same rows must give the same text everywhere. */
import type { Result } from "../../problem.ts";
import type { Session } from "../session.ts";
import { runAll } from "../with-session.ts";

/**
 * `search_path`: functions and operators of the database itself must not be picked up, and reg*
 * values print with their schema. `row_security`: an error, rather than fewer rows. The rest
 * changes how values print; the last ones keep the cost of a session what it seems to be.
 */
export const COMPARING_SETTINGS = [
  "SET search_path = pg_catalog",
  "SET row_security = off",
  "SET client_encoding = 'UTF8'",
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  "SET extra_float_digits = 3",
  "SET bytea_output = 'hex'",
  "SET lc_monetary = 'C'",
  "SET xmlbinary = 'base64'",
  "SET quote_all_identifiers = off",
  "SET standard_conforming_strings = on",
  "SET max_parallel_workers_per_gather = 0",
  "SET jit = off",
] as const;

/** Begins a read-only transaction; of a snapshot that another session exported, if given. */
export function beginStatements(snapshot?: string): readonly string[] {
  return [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ...(snapshot === undefined
      ? []
      : [`SET TRANSACTION SNAPSHOT '${snapshot.replaceAll("'", "''")}'`]),
  ];
}

export function beginComparing(session: Session, snapshot?: string): Promise<Result<void>> {
  return runAll(session, [COMPARING_SETTINGS.join("; "), ...beginStatements(snapshot)]);
}
