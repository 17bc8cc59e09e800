/**
 * Drops a database that a drill made, and nothing else. Server identity, name, marker and "is not
 * the primary" are looked at in the very session that drops, right before it does.
 */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { type DatabaseFacts, readDatabaseFacts } from "./database-facts.ts";
import { display, displayList } from "./display.ts";
import { quoteIdent, quoteLiteral, showName } from "./identifiers.ts";
import { restoreNameProblem, sameServer, withMaintenance } from "./maintenance.ts";
import { composeMarker, verifyMarker } from "./marker.ts";
import type { Session } from "./session.ts";
import { textOf } from "./with-session.ts";

export interface DropRequest {
  readonly database: string;
  /** Only a database of this drill; absent: of any drill. */
  readonly drill?: string;
  /**
   * The connection limit this drill's CREATE DATABASE gave, with the time of it: the mark of a
   * database made right before a crash, whose comment was never written.
   */
  readonly unmarked?: { readonly nonce: number; readonly madeAt: string };
  readonly signal?: AbortSignal;
  /** Told the exact statement right before it runs; awaited. */
  issuing?(statement: string): Promise<void>;
  /** How long to wait for connections that are closing; 10 unless given. */
  readonly waitSeconds?: number;
}

export type DropOutcome = "dropped" | "absent";

const WAIT_SECONDS = 10;
const POLL_MS = 200;

export function dropStatement(database: string): string {
  return `DROP DATABASE ${quoteIdent(database)}`;
}

/** Errors: every check that does not hold is a refusal, and so are connections of others. */
export async function dropDatabase(
  target: Target,
  request: DropRequest,
): Promise<Result<DropOutcome>> {
  const name = restoreNameProblem(target, request.database);
  if (!name.ok) return name;
  return withMaintenance(
    target,
    {
      purpose: "dropping",
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    },
    (session) => dropIn(session, target, request),
  );
}

/** At the operator's word, before a drill: `typed` must be the name, letter for letter. */
export async function dropLeftover(
  target: Target,
  database: string,
  typed: string,
): Promise<Result<string>> {
  if (typed !== database) {
    return fail({
      code: "refused",
      message: `What was typed is not the name ${showName(database)}, so nothing was dropped.`,
      hint: "Type the name of the database exactly, or choose another RESTORE_DB.",
    });
  }
  const done = await dropDatabase(target, { database });
  if (!done.ok) return done;
  const name = showName(database);
  return ok(
    done.value === "dropped" ? `Dropped database ${name}.` : `Database ${name} was gone already.`,
  );
}

async function dropIn(
  session: Session,
  target: Target,
  request: DropRequest,
): Promise<Result<DropOutcome>> {
  const first = await checked(session, target, request);
  if (!first.ok || first.value === undefined) return absentOr(first);
  const free = await waitUntilFree(session, request);
  if (!free.ok) return free;
  const again = await checked(session, target, request);
  if (!again.ok || again.value === undefined) return absentOr(again);
  const statement = dropStatement(request.database);
  await request.issuing?.(statement);
  const dropped = await session.query(statement);
  return dropped.ok ? ok("dropped") : dropped;
}

function absentOr(found: Result<DatabaseFacts | undefined>): Result<DropOutcome> {
  return found.ok ? ok("absent") : found;
}

/** undefined: there is no such database. */
async function checked(
  session: Session,
  target: Target,
  request: DropRequest,
): Promise<Result<DatabaseFacts | undefined>> {
  const { database, drill, unmarked } = request;
  const primary = target.summary.database;
  const name = restoreNameProblem(target, database);
  if (!name.ok) return name;
  const server = await sameServer(session, target);
  if (!server.ok) return server;
  const found = await readDatabaseFacts(session, database);
  if (!found.ok || found.value === undefined) return found;
  if (isUnmarkedOurs(found.value, request) && drill !== undefined && unmarked !== undefined) {
    return mark(session, target, { database, drill, madeAt: unmarked.madeAt });
  }
  const verified = verifyMarker(found.value.comment, {
    database,
    primary,
    ...(drill === undefined ? {} : { drill }),
  });
  return verified.ok ? found : verified;
}

function isUnmarkedOurs(facts: DatabaseFacts, { unmarked }: DropRequest): boolean {
  return (
    unmarked !== undefined &&
    facts.comment === null &&
    facts.connectionLimit === unmarked.nonce &&
    // A limit that anyone may have set is no mark.
    unmarked.nonce >= 1_000_000_000
  );
}

/** Puts on the marker that a crash kept from being written, so that it is checked like any other. */
async function mark(
  session: Session,
  target: Target,
  made: { readonly database: string; readonly drill: string; readonly madeAt: string },
): Promise<Result<DatabaseFacts | undefined>> {
  const { database, drill, madeAt } = made;
  const primary = target.summary.database;
  const comment = composeMarker({ drill, madeAt, primary });
  const done = await session.query(commentStatement(database, comment));
  return done.ok ? readDatabaseFacts(session, database) : done;
}

export function commentStatement(database: string, comment: string): string {
  return `COMMENT ON DATABASE ${quoteIdent(database)} IS ${quoteLiteral(comment)}`;
}

/** Ends what the drill itself left connected, waits for the rest, and refuses while any stays. */
async function waitUntilFree(session: Session, request: DropRequest): Promise<Result<void>> {
  const until = performance.now() + (request.waitSeconds ?? WAIT_SECONDS) * 1000;
  for (;;) {
    const ended = await session.query(END_OWN, [request.database]);
    if (!ended.ok) return ended;
    const others = await session.query(CONNECTED, [request.database]);
    if (!others.ok) return others;
    if (others.value.length === 0) return ok(undefined);
    if (request.signal?.aborted === true || performance.now() >= until) {
      const who = others.value.map(
        (row) =>
          `${display(textOf(row, "who"))} (user ${display(textOf(row, "usename"))}, pid ${textOf(row, "pid")})`,
      );
      return fail({
        code: "refused",
        message: `Database ${showName(request.database)} is in use by ${displayList(who)}, so it is not dropped.`,
        hint: "Close those connections (stop the app that uses it), then try again.",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const END_OWN = `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
WHERE datname = $1 AND usename = current_user AND application_name LIKE 'restore-drill %'
  AND pid <> pg_catalog.pg_backend_pid()`;

/**
 * DROP DATABASE itself ends autovacuum workers. They have no user, which everybody may see; what
 * kind of backend they are is hidden from users without rights.
 */
const CONNECTED = `SELECT pid::text AS pid, usename::text AS usename,
  coalesce(nullif(application_name, ''), backend_type, 'unknown') AS who
FROM pg_catalog.pg_stat_activity
WHERE datname = $1 AND usesysid IS NOT NULL
  AND pid <> pg_catalog.pg_backend_pid()
ORDER BY backend_start`;
