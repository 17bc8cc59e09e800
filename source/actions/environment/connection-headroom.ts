import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { BackupFormat } from "../../environment/target.ts";
import type { Row } from "../../postgres/session.ts";
import { isTrue, numberOf, oneRow, textOf, withSession } from "../../postgres/with-session.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, stopped, warning } from "../outcome.ts";
import {
  backupSessions,
  restoreSessions,
  type SessionsNeeded,
} from "../postgres/sessions-needed.ts";

/**
 * A role that may not see others' sessions sees whose they are and in which database, not what
 * kind they are. Workers of the server belong to no database, and count elsewhere.
 */
const FACTS = `WITH others AS (
  SELECT datname, usename FROM pg_catalog.pg_stat_activity
  WHERE pid <> pg_catalog.pg_backend_pid() AND datid IS NOT NULL AND usesysid IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend')
SELECT pg_catalog.current_setting('max_connections') AS most,
  pg_catalog.current_setting('superuser_reserved_connections') AS superuser_reserved,
  coalesce(pg_catalog.current_setting('reserved_connections', true), '0') AS reserved,
  (SELECT pg_catalog.count(*) FROM others)::text AS used,
  r.rolname AS role, r.rolsuper::text AS superuser, r.rolconnlimit::text AS role_limit,
  (SELECT pg_catalog.count(*) FROM others WHERE usename = r.rolname)::text AS role_used,
  d.datname AS database, d.datconnlimit::text AS database_limit,
  (SELECT pg_catalog.count(*) FROM others WHERE datname = d.datname)::text AS database_used
FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
WHERE r.rolname = current_user AND d.datname = pg_catalog.current_database()`;

const SHOWN = FACTS.replace(/\s+/gu, " ");

const inputs = z.strictObject({
  format: z
    .enum(["plain", "custom", "directory"])
    .default("plain")
    .describe("How the backup will be written; directory takes more connections."),
});

export const connectionHeadroomAction = defineAction({
  name: "environment/connection-headroom",
  about: "Compares the connections that a drill holds at once with those still free.",
  inputs,
  outputs: {},
  plan: () => [SHOWN],
  run: ({ format }, context) => look(format, context),
});

async function look(format: BackupFormat, context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  await context.command(SHOWN);
  const seen = await withSession(
    target,
    { database: target.summary.database, role: "primary", purpose: "connection headroom", signal },
    (session) => oneRow(session, FACTS),
  );
  if (!seen.ok) return stopped(seen.problem);
  const checks = headroomChecks(seen.value, format);
  return concluded({ checks }, (failed) => ({
    code: "unusable",
    message: `Too few connections are free for a drill: ${failed.map(({ title, observed }) => `${title.toLowerCase()}, ${observed}`).join("; ")}.`,
    hint: "Close idle sessions or raise the limit that is named, then run the step again.",
  }));
}

export function headroomChecks(row: Row, format: BackupFormat): readonly Check[] {
  const backup = backupSessions(format);
  const restore = restoreSessions(format);
  const needed = {
    least: Math.max(backup.least, restore.least),
    most: Math.max(backup.most, restore.most),
  };
  const shared = { needed, superuser: isTrue(row, "superuser") };
  return [
    serverCheck(row, shared),
    limitCheck(`Role ${textOf(row, "role")}`, row, { ...shared, of: "role" }),
    // Only the backup connects to the primary.
    limitCheck(`Database ${textOf(row, "database")}`, row, {
      ...shared,
      needed: backup,
      of: "database",
    }),
    info(
      "Held at once",
      `${backup.most} by a ${format} backup with its fingerprints, ${restore.most} by restore and proof; the temporary app adds its own pool`,
    ),
  ];
}

interface Judging {
  readonly needed: SessionsNeeded;
  readonly superuser: boolean;
}

function serverCheck(row: Row, judging: Judging): Check {
  const reserved = judging.superuser
    ? 0
    : numberOf(row, "superuser_reserved") + numberOf(row, "reserved");
  const most = numberOf(row, "most");
  const used = numberOf(row, "used");
  const kept = reserved === 0 ? "" : `, ${reserved} reserved`;
  return judgeFree("Server", most - reserved - used, {
    ...judging,
    detail: `max_connections ${most}, ${used} in use${kept}`,
  });
}

/** Superusers are exempt from both limits. */
function limitCheck(
  title: string,
  row: Row,
  judging: Judging & { readonly of: "role" | "database" },
): Check {
  const limit = numberOf(row, `${judging.of}_limit`);
  const used = numberOf(row, `${judging.of}_used`);
  if (judging.superuser || limit < 0) return info(title, `no limit of its own, ${used} in use`);
  return judgeFree(title, limit - used, {
    ...judging,
    detail: `CONNECTION LIMIT ${limit}, ${used} in use`,
  });
}

function judgeFree(
  title: string,
  free: number,
  { needed, detail }: Judging & { readonly detail: string },
): Check {
  const observed = `${Math.max(0, free)} free (${detail})`;
  if (free < needed.least) {
    return { title, status: "failed", expected: `at least ${needed.least} free`, observed };
  }
  const expected = `${needed.most} free`;
  return free < needed.most
    ? warning(title, observed, expected)
    : { title, status: "passed", expected, observed };
}
