/** What is asked of a server when an environment is opened. */
import type { ServerSummary } from "../drill/types.ts";
import { NOTICE_DEAD_CLIENT } from "../postgres/connect.ts";
import { addressOf, type Connection } from "../postgres/connection.ts";
import type { Session } from "../postgres/session.ts";
import { ok, type Result } from "../problem.ts";

export interface ServerFacts {
  readonly summary: ServerSummary;
  readonly major: number;
  /** Port it listens on, where it runs. */
  readonly port: number;
  /** As STARTED gives it: another server, or the same one after a restart, says something else. */
  readonly started: string;
  /** Settings the client programs' sessions can have so that a dead one is noticed. */
  readonly deadClientSettings: readonly string[];
}

/** Everybody may ask for it, and no two servers were started in the same microsecond. */
export const STARTED = "extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text";

/** Stands for a system identifier that the server does not tell this user. */
export const UNKNOWN_SERVER = "unknown";

export async function readServerFacts(
  session: Session,
  connection: Connection,
): Promise<Result<ServerFacts>> {
  const shown = await session.query(
    `SELECT pg_catalog.current_setting('server_version') AS version,
            pg_catalog.current_setting('server_version_num') AS number,
            pg_catalog.current_setting('port') AS port,
            ${STARTED} AS started`,
  );
  if (!shown.ok) return shown;
  // Managed services may take this function away.
  const identity = await session.query(
    "SELECT system_identifier FROM pg_catalog.pg_control_system()",
  );
  const noticing = await session.query(NOTICE_DEAD_CLIENT);
  const systemIdentifier = identity.ok ? identity.value[0]?.system_identifier : undefined;
  return ok({
    summary: {
      address: addressOf(connection),
      version: shown.value[0]?.version ?? "",
      systemIdentifier: systemIdentifier ?? UNKNOWN_SERVER,
    },
    major: Math.floor(Number(shown.value[0]?.number ?? 0) / 10_000),
    port: Number(shown.value[0]?.port ?? 5432),
    started: shown.value[0]?.started ?? "",
    deadClientSettings: noticing.ok ? ["client_connection_check_interval=2000"] : [],
  });
}
