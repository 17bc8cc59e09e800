/** Login roles that a drill makes for its restore database. Nothing without its mark is dropped. */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { quoteIdent, quoteLiteral, showName } from "./identifiers.ts";
import { withMaintenance } from "./maintenance.ts";
import type { Session } from "./session.ts";
import { runAll, withSession } from "./with-session.ts";

export interface DrillRole {
  readonly role: string;
  readonly database: string;
  readonly drill: string;
}

export function roleMark(drill: string): string {
  return `restore-drill: role made by drill ${drill}; safe to drop when the drill is over`;
}

/** One transaction: the role is never there without its mark. */
export function createRoleStatement({ role, drill }: DrillRole, verifier: string): string {
  return `BEGIN; CREATE ROLE ${quoteIdent(role)} LOGIN PASSWORD ${quoteLiteral(verifier)}; COMMENT ON ROLE ${quoteIdent(role)} IS ${quoteLiteral(roleMark(drill))}; GRANT ${quoteIdent(role)} TO CURRENT_USER; COMMIT`;
}

export function dropRole(
  target: Target,
  made: DrillRole,
  signal: AbortSignal,
): Promise<Result<"dropped" | "absent">> {
  return withMaintenance(target, { purpose: "retiring a role", signal }, async (session) => {
    const marked = await isMarked(session, made);
    if (!marked.ok) return marked;
    if (!marked.value) return ok("absent");
    const name = quoteIdent(made.role);
    const closed = await session.query(`ALTER ROLE ${name} NOLOGIN`);
    if (!closed.ok) return closed;
    const ended = await session.query(
      "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE usename = $1",
      [made.role],
    );
    if (!ended.ok) return ended;
    const disowned = await disown(target, session, made);
    if (!disowned.ok) return disowned;
    const dropped = await session.query(`DROP ROLE ${name}`);
    return dropped.ok ? ok("dropped") : dropped;
  });
}

/** What it was granted goes with the database, where that is gone already. */
async function disown(target: Target, session: Session, made: DrillRole): Promise<Result<void>> {
  const there = await session.query(
    "SELECT 1 AS one FROM pg_catalog.pg_database WHERE datname = $1",
    [made.database],
  );
  if (!there.ok) return there;
  if (there.value.length === 0) return ok(undefined);
  return withSession(
    target,
    { database: made.database, role: "restore", purpose: "retiring a role" },
    (inside) => runAll(inside, [`DROP OWNED BY ${quoteIdent(made.role)}`]),
  );
}

async function isMarked(session: Session, { role, drill }: DrillRole): Promise<Result<boolean>> {
  const found = await session.query(
    "SELECT pg_catalog.shobj_description(oid, 'pg_authid') AS mark FROM pg_catalog.pg_roles WHERE rolname = $1",
    [role],
  );
  if (!found.ok) return found;
  const [row] = found.value;
  if (row === undefined) return ok(false);
  if (row.mark === roleMark(drill)) return ok(true);
  return fail({
    code: "refused",
    message: `Role ${showName(role)} does not carry the mark of drill ${drill}, so it is not touched.`,
    hint: "Look at who made it; drop it by hand only if you are certain.",
  });
}
