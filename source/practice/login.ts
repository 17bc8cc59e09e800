/** How the built-in tools reach a server. */
import { Client } from "pg";
import { fail, ok, type Result } from "../problem.ts";

export interface Login {
  /** Host name, address, or socket directory. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Empty when none is needed. */
  readonly password: string;
}

export async function databaseBytes(login: Login, database: string): Promise<Result<number>> {
  const client = new Client({
    ...login,
    database,
    ssl: false,
    options: "-c default_transaction_read_only=on",
    application_name: "restore-drill size",
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ bytes: string }>(
      "SELECT pg_database_size(current_database()) AS bytes",
    );
    return ok(Number(rows[0]?.bytes));
  } catch (error) {
    return fail({
      code: "unusable",
      message: `Database ${JSON.stringify(database)} cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Check that the server runs and that the database exists.",
    });
  } finally {
    await client.end().catch(() => {});
  }
}
