import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatDuration } from "../../drill/units.ts";
import type { Row, Session } from "../../postgres/session.ts";
import { isTrue, numberOf, oneRow, textOf, withSession } from "../../postgres/with-session.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, passed, stopped, warning } from "../outcome.ts";

const OLDEST_MAJOR = 13;
const NEWEST_MAJOR = 18;
/** Sessions that a drill holds at once, with the dump's workers. */
const NEEDED_CONNECTIONS = 6;
const COMFORTABLE_CONNECTIONS = 10;
const SLOW_SECONDS = 0.5;

const FACTS = `SELECT pg_catalog.current_setting('server_version') AS version,
  pg_catalog.current_setting('server_version_num') AS version_number,
  pg_catalog.pg_is_in_recovery()::text AS in_recovery,
  extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::text AS uptime,
  (pg_catalog.current_setting('max_connections')::int
    - pg_catalog.current_setting('superuser_reserved_connections')::int
    - coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::int)::text AS allowed,
  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
    WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend')::text AS used,
  (SELECT pg_catalog.pg_database_size(d.oid) FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database())::text AS bytes`;

const SHOWN = FACTS.replace(/\s+/gu, " ");

export const healthAction = defineAction({
  name: "postgres/health",
  about:
    "Connects to the primary, read-only, and looks at version, recovery, connections and round trip.",
  inputs: z.strictObject({}),
  outputs: {
    SERVER_VERSION: "Version of the primary's server, as `SHOW server_version` gives it.",
  },
  plan: () => [SHOWN, "SELECT 1"],
  run: (_input, context) => health(context),
});

interface Seen {
  readonly row: Row;
  readonly roundTrip: number;
}

async function health(context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  await context.command(SHOWN);
  const seen = await withSession(
    target,
    { database: target.summary.database, role: "primary", purpose: "health", signal },
    look,
  );
  if (!seen.ok) {
    const observed = seen.problem.message;
    return stopped(seen.problem, [{ title: "Server reachable", status: "failed", observed }]);
  }
  const { row, roundTrip } = seen.value;
  const version = textOf(row, "version");
  const checks = [
    passed("Server reachable", target.summary.server.address),
    versionCheck(version, numberOf(row, "version_number")),
    isTrue(row, "in_recovery")
      ? info("Accepts writes", "no: it is a standby in recovery")
      : passed("Accepts writes", "yes, it is not in recovery"),
    connectionCheck(numberOf(row, "allowed"), numberOf(row, "used")),
    info("Up for", formatDuration(numberOf(row, "uptime"))),
    roundTripCheck(roundTrip),
  ];
  return concluded(
    {
      checks,
      values: { SERVER_VERSION: version },
      measurements: { databaseBytes: numberOf(row, "bytes") },
    },
    (failed) => ({
      code: "unusable",
      message: `The server at ${target.summary.server.address} is not fit for a drill: ${failed.map(({ title, observed }) => `${title.toLowerCase()} ${observed}`).join("; ")}.`,
      hint: "Mend what the checks name, then run the step again.",
    }),
  );
}

async function look(session: Session): Promise<Result<Seen>> {
  const facts = await oneRow(session, FACTS);
  if (!facts.ok) return facts;
  const since = performance.now();
  const ping = await session.query("SELECT 1");
  if (!ping.ok) return ping;
  return ok({ row: facts.value, roundTrip: (performance.now() - since) / 1000 });
}

function versionCheck(version: string, number: number): Check {
  const major = Math.floor(number / 10_000);
  return judged("Version", major >= OLDEST_MAJOR && major <= NEWEST_MAJOR, {
    expected: `PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR}`,
    observed: version,
  });
}

function connectionCheck(allowed: number, used: number): Check {
  const free = Math.max(0, allowed - used);
  const observed = `${free} free of ${formatAmount(allowed, "connection")}`;
  const expected = `at least ${NEEDED_CONNECTIONS} free`;
  if (free >= NEEDED_CONNECTIONS && free < COMFORTABLE_CONNECTIONS) {
    return warning("Connections", observed, `${COMFORTABLE_CONNECTIONS} free or more`);
  }
  return judged("Connections", free >= NEEDED_CONNECTIONS, { expected, observed });
}

function roundTripCheck(seconds: number): Check {
  const observed = `${(seconds * 1000).toFixed(1)} ms`;
  return seconds > SLOW_SECONDS
    ? warning("Round trip", observed, `under ${SLOW_SECONDS * 1000} ms`)
    : info("Round trip", observed);
}
