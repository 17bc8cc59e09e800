/** The one connection of a restore; errors come back as values with their place in the statement. */
import { Client, DatabaseError } from "pg";
import { fail, ok, type Result } from "../problem.ts";
import type { Login } from "./login.ts";

export type RunResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly message: string;
      /** Character in the statement, from 1. */
      readonly position?: number;
    };

export interface RestoreConnection {
  run(sql: string): Promise<RunResult>;
  /** Asks the server to stop what runs. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export async function openRestoreConnection(
  login: Login,
  database: string,
  onWarning: (text: string) => void,
): Promise<Result<RestoreConnection>> {
  const client = connectTo(login, database);
  client.on("notice", (notice) => {
    if (notice.severity !== "NOTICE") onWarning(`${notice.severity}: ${notice.message}`);
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const pid = rows[0]?.pid ?? 0;
    return ok({
      run: (sql) => run(client, sql),
      cancel: () => cancelBackend(login, database, pid),
      close: () => client.end().catch(() => {}),
    });
  } catch (error) {
    await client.end().catch(() => {});
    return fail({
      code: "unusable",
      message: `Database ${JSON.stringify(database)} cannot be reached: ${reasonOf(error)}`,
      hint: "Check that the server runs and that the restore database was created.",
    });
  }
}

async function run(client: Client, sql: string): Promise<RunResult> {
  try {
    await client.query(sql);
    return { ok: true };
  } catch (error) {
    const position = error instanceof DatabaseError ? Number(error.position) : Number.NaN;
    const message = reasonOf(error);
    return Number.isNaN(position) ? { ok: false, message } : { ok: false, message, position };
  }
}

async function cancelBackend(login: Login, database: string, pid: number): Promise<void> {
  const client = connectTo(login, database);
  try {
    await client.connect();
    await client.query("SELECT pg_cancel_backend($1)", [pid]);
  } catch {
    // The restore checks between statements too, and then ends by itself.
  } finally {
    await client.end().catch(() => {});
  }
}

function connectTo(login: Login, database: string): Client {
  const client = new Client({
    ...login,
    database,
    ssl: false,
    application_name: "restore-drill restore",
  });
  // A lost connection is told by the query that needed it.
  client.on("error", () => {});
  return client;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
