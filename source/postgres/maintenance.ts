/** A session that is on neither the primary nor the restore database, to create and drop from. */
import type { Target } from "../environment/target.ts";
import { fail, type Result } from "../problem.ts";
import { showName, validateName } from "./identifiers.ts";
import type { Session } from "./session.ts";
import { withSession } from "./with-session.ts";

const CANDIDATES = ["postgres", "template1"] as const;

/** Names no drill may create, drop or restore into. */
export const RESERVED_DATABASES: ReadonlySet<string> = new Set([
  "postgres",
  "template0",
  "template1",
]);

export interface MaintenanceOptions {
  readonly purpose: string;
  readonly signal?: AbortSignal;
}

export async function withMaintenance<T>(
  target: Target,
  options: MaintenanceOptions,
  use: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> {
  const databases = CANDIDATES.filter((name) => name !== target.summary.database);
  let last: Result<T> = fail({ code: "unusable", message: "No maintenance database is left." });
  for (const database of databases) {
    let connected = false;
    last = await withSession(
      target,
      { database, role: "maintenance", ...options },
      async (session) => {
        connected = true;
        const same = await sameServer(session, target);
        return same.ok ? use(session) : same;
      },
    );
    if (connected || last.ok) return last;
  }
  return last;
}

/** Refuses when the session reached another server than the one the drill was started on. */
export async function sameServer(session: Session, target: Target): Promise<Result<void>> {
  const rows = await session.query(
    "SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()",
  );
  // Where the user may not ask now, nor could at the start, the marker alone has to tell.
  if (!rows.ok && rows.problem.details?.sqlstate !== "42501") return rows;
  const id = rows.ok ? (rows.value[0]?.id ?? "") : "unknown";
  if (id === target.summary.server.systemIdentifier) return { ok: true, value: undefined };
  return fail({
    code: "refused",
    message: `The server at ${target.summary.server.address} is not the one this drill was started on: its system identifier is ${id}, not ${target.summary.server.systemIdentifier}.`,
    hint: "Find out why the address leads elsewhere now; nothing was touched.",
  });
}

/** Whether a name may be a restore database at all, before any server is asked. */
export function restoreNameProblem(target: Target, database: string): Result<void> {
  const valid = validateName(database, "name of the restore database");
  if (!valid.ok) return valid;
  const name = showName(database);
  if (database === target.summary.database) {
    return fail({
      code: "refused",
      message: `The restore database ${name} is the primary.`,
      hint: "Choose another RESTORE_DB; the primary is never restored into.",
    });
  }
  if (RESERVED_DATABASES.has(database)) {
    return fail({
      code: "refused",
      message: `The restore database ${name} is one of the server's own databases.`,
      hint: "Choose another RESTORE_DB.",
    });
  }
  return { ok: true, value: undefined };
}
