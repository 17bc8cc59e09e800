/** Whether a backup may be restored into a database: made by this drill, and still empty. */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { readDatabaseFacts } from "./database-facts.ts";
import { commentStatement } from "./drop-database.ts";
import { showName } from "./identifiers.ts";
import { restoreNameProblem, sameServer } from "./maintenance.ts";
import { composeMarker, type Marker, verifyMarker } from "./marker.ts";
import type { Session } from "./session.ts";
import { isTrue, numberOf, oneRow, withSession } from "./with-session.ts";

export interface RestorePlace {
  readonly marker: Marker;
  /** Objects that a fresh database from template0 has not. */
  readonly objects: number;
}

export interface PlaceRequest {
  readonly database: string;
  readonly drill: string;
  readonly signal: AbortSignal;
}

const OBJECTS = `SELECT (
  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public'))
  + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql')
  + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata)
)::text AS objects, (pg_catalog.current_database() = $1)::text AS here`;

/** Errors: it is the primary, does not exist, or does not carry this drill's marker. */
export async function lookAtPlace(
  target: Target,
  request: PlaceRequest,
): Promise<Result<RestorePlace>> {
  return inRestored(target, request, "looking", async (session) => {
    const marker = await markerOf(session, target, request);
    if (!marker.ok) return marker;
    const row = await oneRow(session, OBJECTS, [request.database]);
    if (!row.ok) return row;
    if (!isTrue(row.value, "here")) {
      return fail({
        code: "refused",
        message: `A session meant for ${showName(request.database)} reached another database.`,
        hint: "A connection pooler may be in between: connect to the server itself.",
      });
    }
    return ok({ marker: marker.value, objects: numberOf(row.value, "objects") });
  });
}

/** Writes into the marker that a restore began, so that its remains are known as ours. */
export async function markRestoreBegan(
  target: Target,
  request: PlaceRequest,
): Promise<Result<void>> {
  return inRestored(target, request, "marking", async (session) => {
    const marker = await markerOf(session, target, request);
    if (!marker.ok) return marker;
    const restoreBegan = new Date().toISOString();
    const comment = composeMarker({ ...marker.value, restoreBegan });
    const done = await session.query(commentStatement(request.database, comment));
    return done.ok ? ok(undefined) : done;
  });
}

/** A session in the restored database; never one in the primary. */
export async function inRestored<T>(
  target: Target,
  { database, signal }: Pick<PlaceRequest, "database" | "signal">,
  purpose: string,
  use: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> {
  const name = restoreNameProblem(target, database);
  if (!name.ok) return name;
  return withSession(target, { database, role: "restore", purpose, signal }, use);
}

async function markerOf(
  session: Session,
  target: Target,
  { database, drill }: PlaceRequest,
): Promise<Result<Marker>> {
  const server = await sameServer(session, target);
  if (!server.ok) return server;
  const facts = await readDatabaseFacts(session, database);
  if (!facts.ok) return facts;
  const comment = facts.value?.comment ?? null;
  return verifyMarker(comment, { database, primary: target.summary.database, drill });
}
