/**
 * Makes the separate restore database: equal to the primary in everything a dump does not carry,
 * and marked as made by this drill before anything goes into it.
 */

import { formatBytes } from "../drill/units.ts";
import type { Target } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { type CarryOver, carryOverStatements } from "./carry-over.ts";
import { createStatement } from "./create-statement.ts";
import { type DatabaseFacts, readDatabaseFacts, serverVersion } from "./database-facts.ts";
import { display } from "./display.ts";
import { commentStatement } from "./drop-database.ts";
import { quoteIdent, showName } from "./identifiers.ts";
import { restoreNameProblem, withMaintenance } from "./maintenance.ts";
import { composeMarker, parseMarker } from "./marker.ts";
import type { Session } from "./session.ts";

export interface MakeRequest {
  readonly database: string;
  readonly drill: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** See create-statement.ts. */
  readonly nonce: number;
  readonly signal: AbortSignal;
  /** Told each statement right before it runs; awaited. */
  issuing(statement: string): Promise<void>;
  /** Told right before the database comes to be; awaited. */
  register(): Promise<void>;
}

export interface MadeDatabase {
  readonly primary: DatabaseFacts;
  readonly made: DatabaseFacts;
  readonly carried: readonly string[];
  /** What could not be carried over, each with the reason. */
  readonly lost: readonly string[];
}

export interface NotMade {
  readonly problem: Problem;
  /** Whether it is certain that this attempt left nothing on the server. */
  readonly nothingMade: boolean;
}

export type MakeOutcome =
  | { readonly ok: true; readonly value: MadeDatabase }
  | ({ readonly ok: false } & NotMade);

/** Its details are what a screen lays out to decide whether it can be dropped. */
export function existsProblem(facts: DatabaseFacts): Problem {
  return {
    code: "refused",
    message: `The restore database ${showName(facts.name)} exists already, so nothing is restored into it.`,
    hint: leftoverHint(facts),
    details: {
      database: facts.name,
      owner: facts.owner,
      size: facts.bytes === null ? "unknown" : formatBytes(facts.bytes),
      connections: String(facts.connections),
      marker: facts.comment === null ? "none" : display(facts.comment),
    },
  };
}

function leftoverHint({ comment }: DatabaseFacts): string {
  const other = "choose another name (--set RESTORE_DB=NAME)";
  const made = parseMarker(comment);
  return made === undefined
    ? `No drill's marker is on it, so this tool does not drop it: ${other}.`
    : `Drill ${made.drill} made it. If nobody needs it: restore-drill abandon ${made.drill}, or drop it on the screen. Else ${other}.`;
}

export async function makeRestoreDatabase(
  target: Target,
  request: MakeRequest,
): Promise<MakeOutcome> {
  let began = false;
  const made = await withMaintenance(
    target,
    { purpose: "creating", signal: request.signal },
    async (session) => {
      const facts = await readBoth(session, target, request.database);
      if (!facts.ok) return facts;
      await request.register();
      began = true;
      const created = await create(session, request, facts.value);
      if (!created.ok) {
        began = !(await isAbsentOrForeign(session, request));
        return created;
      }
      return furnish(session, target, { request, primary: facts.value.primary });
    },
  );
  if (made.ok) return made;
  return { ok: false, problem: made.problem, nothingMade: !began };
}

interface Before {
  readonly primary: DatabaseFacts;
  readonly version: number;
}

async function readBoth(
  session: Session,
  target: Target,
  database: string,
): Promise<Result<Before>> {
  const name = restoreNameProblem(target, database);
  if (!name.ok) return name;
  const version = await serverVersion(session);
  if (!version.ok) return version;
  const primary = await readDatabaseFacts(session, target.summary.database);
  if (!primary.ok) return primary;
  if (primary.value === undefined) {
    return fail({
      code: "unusable",
      message: `The primary ${showName(target.summary.database)} is not on this server.`,
      hint: "Correct `database` of the environment.",
    });
  }
  const existing = await readDatabaseFacts(session, database);
  if (!existing.ok) return existing;
  if (existing.value !== undefined) return fail(existsProblem(existing.value));
  return ok({ primary: primary.value, version: version.value });
}

async function create(
  session: Session,
  { database, nonce, issuing }: MakeRequest,
  { primary, version }: Before,
): Promise<Result<void>> {
  const statement = createStatement({ database, primary, version, nonce });
  await issuing(statement);
  const created = await session.query(statement);
  if (created.ok) return ok(undefined);
  if (created.problem.details?.sqlstate !== "42P04") return created;
  return fail({
    code: "refused",
    message: `Somebody else made a database ${showName(database)} a moment ago, so nothing is restored into it.`,
    hint: "Choose another RESTORE_DB; that database was not touched.",
  });
}

/** After a failed CREATE: a database of that name without our number in it is not ours. */
async function isAbsentOrForeign(
  session: Session,
  { database, nonce }: MakeRequest,
): Promise<boolean> {
  const facts = await readDatabaseFacts(session, database);
  return facts.ok && facts.value?.connectionLimit !== nonce;
}

interface Furnishing {
  readonly request: MakeRequest;
  readonly primary: DatabaseFacts;
}

async function furnish(
  session: Session,
  target: Target,
  { request, primary }: Furnishing,
): Promise<Result<MadeDatabase>> {
  const { database, drill, madeAt } = request;
  const marker = composeMarker({
    drill,
    madeAt,
    primary: target.summary.database,
    ...(primary.comment === null ? {} : { primaryComment: primary.comment }),
  });
  // The marker first and alone: whatever fails after it, the database is known as ours.
  const marking = commentStatement(database, marker);
  await request.issuing(marking);
  const marked = await session.query(marking);
  if (!marked.ok) return marked;
  const statements = await carryOverStatements(session, primary, database);
  if (!statements.ok) return statements;
  const { carried, lost } = await carryOver(session, request, [
    ...statements.value,
    limitOf(database, primary),
  ]);
  const facts = await readDatabaseFacts(session, database);
  if (!facts.ok) return facts;
  if (facts.value === undefined) {
    return fail({ code: "failed", message: `Database ${showName(database)} vanished.` });
  }
  return ok({ primary, made: facts.value, carried, lost });
}

function limitOf(database: string, { connectionLimit }: DatabaseFacts): CarryOver {
  const statement = `ALTER DATABASE ${quoteIdent(database)} CONNECTION LIMIT ${connectionLimit}`;
  return { label: "connection limit", statement, shown: statement };
}

async function carryOver(
  session: Session,
  request: MakeRequest,
  statements: readonly CarryOver[],
): Promise<Pick<MadeDatabase, "carried" | "lost">> {
  const carried: string[] = [];
  const lost: string[] = [];
  for (const { label, statement, shown } of statements) {
    if (/ SET "default_transaction_read_only" /u.test(statement)) {
      lost.push(`${display(label)}: left out, as the restore has to write`);
      continue;
    }
    await request.issuing(shown);
    const done = await session.query(statement);
    if (done.ok) carried.push(display(label));
    else lost.push(`${display(label)}: refused (${done.problem.details?.sqlstate ?? "no code"})`);
  }
  return { carried, lost };
}
