/** Whether the drill's user can make a role here, asked before anything is made. */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { showName } from "./identifiers.ts";
import { withMaintenance } from "./maintenance.ts";
import { oneRow } from "./with-session.ts";

export function mayMakeRole(
  target: Target,
  role: string,
  signal?: AbortSignal,
): Promise<Result<"free" | "taken">> {
  const options = { purpose: "looking", ...(signal === undefined ? {} : { signal }) };
  return withMaintenance(target, options, async (session) => {
    const row = await oneRow(
      session,
      `SELECT (rolcreaterole OR rolsuper)::text AS may, pg_catalog.pg_is_in_recovery()::text AS standby,
        pg_catalog.current_setting('default_transaction_read_only') AS read_only,
        EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)::text AS taken
       FROM pg_catalog.pg_roles WHERE rolname = current_user`,
      [role],
    );
    if (!row.ok) return row;
    const { may, standby, read_only: readOnly, taken } = row.value;
    if (standby === "true") return fail(readOnlyServer("it is a standby in recovery"));
    if (readOnly === "on") return fail(readOnlyServer("default_transaction_read_only is on"));
    if (may !== "true") return fail(mayNot(target.user));
    return ok(taken === "true" ? "taken" : "free");
  });
}

function mayNot(user: string) {
  return {
    code: "unusable",
    message: `User ${showName(user)} may not create roles, so no credential can be rotated; nothing was made.`,
    hint: "Let a superuser run ALTER ROLE ... CREATEROLE for it, or use an environment with a user that may.",
  } as const;
}

function readOnlyServer(why: string) {
  return {
    code: "unusable",
    message: `The server takes no writes (${why}), so no role can be made; nothing was made.`,
    hint: "Use an environment that names a server that takes writes.",
  } as const;
}
