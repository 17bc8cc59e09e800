import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatBytes } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { type DatabaseFacts, readDatabaseFacts } from "../../postgres/database-facts.ts";
import { display, displayList } from "../../postgres/display.ts";
import { quoteIdent, showName } from "../../postgres/identifiers.ts";
import { restoreNameProblem, withMaintenance } from "../../postgres/maintenance.ts";
import { existsProblem, type MadeDatabase } from "../../postgres/make-restore-database.ts";
import { parseMarker } from "../../postgres/marker.ts";
import { isTrue, oneRow } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, passed, stopped, warning } from "../outcome.ts";
import { dropForAnew, ledgerEntries, makeFresh } from "./database-resource.ts";

const inputs = z.strictObject({
  database: z.string().describe("Name of the separate database to restore into; must not exist."),
});

type Input = z.output<typeof inputs>;

export const createRestoreDatabaseAction = defineAction({
  name: "postgres/create-restore-database",
  about:
    "Makes the separate restore database, equal to the primary in what a dump does not carry, and marks it.",
  besidePrimary: true,
  inputs,
  outputs: {},
  plan: ({ database }) => [
    `CREATE DATABASE ${quoteIdent(database)} TEMPLATE template0 OWNER ... ENCODING ... LC_COLLATE ... LC_CTYPE ...  -- each as the primary's`,
    `COMMENT ON DATABASE ${quoteIdent(database)} IS 'restore-drill: made by drill ...'`,
    `ALTER DATABASE ${quoteIdent(database)} SET ...; ALTER ROLE ... IN DATABASE ... SET ...; GRANT ... ON DATABASE ...  -- as on the primary`,
  ],
  preflight: ({ database }, context) => preflight(database, context),
  run: create,
});

interface Before {
  readonly existing: DatabaseFacts | undefined;
  readonly primary: DatabaseFacts | undefined;
  readonly mayCreate: boolean;
  readonly isStandby: boolean;
}

async function preflight(database: string, { target }: PlanContext): Promise<readonly Problem[]> {
  const before = await look(target, database);
  if (!before.ok) return [before.problem];
  const { existing, primary, mayCreate, isStandby } = before.value;
  if (isStandby) return [onStandby(target)];
  const space = spaceProblem(await spaceCheck(target, primary?.bytes ?? null));
  return [
    existing === undefined ? undefined : existsProblem(existing),
    mayCreate ? undefined : mayNotCreate(target),
    space,
  ].filter((problem) => problem !== undefined);
}

async function look(
  target: Target,
  database: string,
  signal?: AbortSignal,
): Promise<Result<Before>> {
  const name = restoreNameProblem(target, database);
  if (!name.ok) return name;
  const options = { purpose: "looking", ...(signal === undefined ? {} : { signal }) };
  return withMaintenance(target, options, async (session) => {
    const existing = await readDatabaseFacts(session, database);
    if (!existing.ok) return existing;
    const primary = await readDatabaseFacts(session, target.summary.database);
    if (!primary.ok) return primary;
    const role = await oneRow(
      session,
      `SELECT (rolcreatedb OR rolsuper)::text AS may, pg_catalog.pg_is_in_recovery()::text AS standby
      FROM pg_catalog.pg_roles WHERE rolname = current_user`,
    );
    if (!role.ok) return role;
    return ok({
      existing: existing.value,
      primary: primary.value,
      mayCreate: isTrue(role.value, "may"),
      isStandby: isTrue(role.value, "standby"),
    });
  });
}

async function create({ database }: Input, context: ActionContext): Promise<ActionResult> {
  const before = await look(context.target, database, context.signal);
  if (!before.ok) return stopped(before.problem);
  if (before.value.isStandby) return stopped(onStandby(context.target));
  const checks = [await spaceCheck(context.target, before.value.primary?.bytes ?? null)];
  const space = spaceProblem(checks[0]);
  if (space !== undefined) return stopped(space, checks);
  const { existing } = before.value;
  if (existing !== undefined) {
    const cleared = await clearEarlierAttempt(existing, context);
    if (!cleared.ok) return stopped(cleared.problem, [...checks, existsCheck(existing)]);
    checks.push(info("Earlier attempt", "its database was dropped, to make it anew"));
  }
  const made = await makeFresh(context, database);
  if (!made.ok) return stopped(made.problem, checks);
  return concluded({ checks: [...checks, ...madeChecks(made.value)] }, (failed) => ({
    code: "failed",
    message: `Database ${showName(database)} was made, but differs from the primary: ${failed.map(({ title }) => title.toLowerCase()).join(", ")}.`,
    hint: "Restore into a database like the primary, or the proof shows nothing; see the checks.",
  }));
}

/** Only what this drill itself made and still owes is made anew. */
async function clearEarlierAttempt(
  existing: DatabaseFacts,
  context: ActionContext,
): Promise<Result<void>> {
  const owed = ledgerEntries(context, existing.name).some(({ status }) => status !== "kept");
  if (!owed) return fail(existsProblem(existing));
  const dropped = await dropForAnew(context, existing.name);
  if (dropped.ok) return dropped;
  return parseMarker(existing.comment)?.drill === context.drill.id
    ? dropped
    : fail(existsProblem(existing));
}

function existsCheck(existing: DatabaseFacts): Check {
  return {
    title: `Database ${showName(existing.name)}`,
    status: "failed",
    expected: "does not exist",
    observed: `exists: owner ${display(existing.owner)}, ${existing.connections} connected, marker ${existing.comment === null ? "none" : display(existing.comment)}`,
  };
}

function madeChecks({ primary, made, carried, lost }: MadeDatabase): readonly Check[] {
  return [
    passed(`Database ${showName(made.name)}`, "made from template0, and in the server's list"),
    judged("Encoding and locale", localeOf(made) === localeOf(primary), {
      expected: localeOf(primary),
      observed: localeOf(made),
    }),
    made.owner === primary.owner
      ? passed("Owner", display(made.owner), display(primary.owner))
      : warning("Owner", display(made.owner), display(primary.owner)),
    passed("Marker", display(made.comment ?? "none")),
    info(
      "Carried over from the primary",
      carried.length === 0 ? "nothing" : displayList(carried, 8),
    ),
    ...lost.map((what) => warning("Not carried over", what, "as on the primary")),
  ];
}

function localeOf({ encoding, collate, ctype, provider, locale }: DatabaseFacts): string {
  const own = locale === null ? "" : ` ${locale}`;
  return display(`${encoding}, ${collate}, ${ctype}, ${provider}${own}`);
}

async function spaceCheck(target: Target, bytes: number | null): Promise<Check> {
  const title = "Free space for the restore";
  const free = await target.freeSpace("data");
  if (!free.ok) return warning(title, free.problem.message);
  if (bytes === null)
    return info(title, `${formatBytes(free.value.bytes)} in ${display(free.value.place)}`);
  return judged(title, free.value.bytes >= bytes, {
    expected: `at least ${formatBytes(bytes)}, the size of the primary`,
    observed: `${formatBytes(free.value.bytes)} in ${display(free.value.place)}`,
  });
}

function spaceProblem(check: Check | undefined): Problem | undefined {
  if (check?.status !== "failed") return undefined;
  return {
    code: "unusable",
    message: `Too little free space for the restore: ${check.observed}; needed is ${check.expected ?? "more"}.`,
    hint: "Free some space where the server keeps its data.",
  };
}

function mayNotCreate(target: Target): Problem {
  return {
    code: "unusable",
    message: `User ${showName(target.user)} may not create databases.`,
    hint: `As a superuser: ALTER ROLE ${quoteIdent(target.user)} CREATEDB`,
  };
}

function onStandby(target: Target): Problem {
  return {
    code: "unusable",
    message: `The server at ${target.summary.server.address} is a standby: no database can be made on it.`,
    hint: "Its backups can be restored elsewhere: drill one as BACKUP_FILE in an environment whose server takes writes.",
  };
}
