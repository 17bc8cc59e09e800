/** Makes the role, the database and its rows on a fresh cluster. */
import { Client } from "pg";
import { fail, ok, type Result } from "../../problem.ts";
import { interrupted } from "../tool.ts";
import { SEED_STATEMENTS } from "./seed.ts";

export interface FillRequest {
  readonly port: number;
  readonly superuserPassword: string;
  /** For the role `ringrift`. */
  readonly password: string;
  readonly signal: AbortSignal;
}

/** The settings and the comment are what a plain dump loses: a drill should get to see that. */
function roleStatements(password: string): readonly string[] {
  return [
    `CREATE ROLE ringrift LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
    "GRANT pg_monitor TO ringrift",
    "CREATE ROLE ringrift_reporting NOLOGIN",
    "CREATE DATABASE ringrift OWNER ringrift",
    "ALTER DATABASE ringrift SET idle_in_transaction_session_timeout = '10min'",
    "ALTER DATABASE ringrift SET search_path = public, pg_catalog",
    "COMMENT ON DATABASE ringrift IS 'RingRift staging (practice copy, made up and disposable)'",
    "REVOKE CONNECT ON DATABASE ringrift FROM PUBLIC",
    "GRANT CONNECT ON DATABASE ringrift TO ringrift_reporting",
  ];
}

export async function fillDatabase(request: FillRequest): Promise<Result<void>> {
  const superuser = { user: "postgres", password: request.superuserPassword, database: "postgres" };
  const owner = { user: "ringrift", password: request.password, database: "ringrift" };
  const steps = [
    { login: superuser, statements: roleStatements(request.password) },
    { login: owner, statements: ["BEGIN", ...SEED_STATEMENTS, "COMMIT"] },
    { login: owner, statements: ["VACUUM (ANALYZE) users, games, moves, sessions"] },
  ];
  for (const step of steps) {
    if (request.signal.aborted) return interrupted();
    const done = await runAll(step.statements, { ...step.login, port: request.port });
    if (!done.ok) return done;
  }
  return ok(undefined);
}

interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly port: number;
}

async function runAll(statements: readonly string[], login: Login): Promise<Result<void>> {
  const client = new Client({ ...login, host: "127.0.0.1", ssl: false });
  client.on("error", () => {});
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
    return ok(undefined);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail({
      code: "unusable",
      message: `The practice database ${login.database} could not be filled: ${reason}`,
      hint: "Start the practice environment again; if it happens again, report it with this message.",
    });
  } finally {
    await client.end().catch(() => {});
  }
}
