/**
 * psql without blocking this process: DROP DATABASE waits for every session of the server, also
 * for one that waits for us to answer.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Postgres15 } from "../helpers/postgres15.ts";

export type Psql = (sql: string, database?: string) => Promise<string>;

/** As superuser; unaligned rows. Throws when a statement fails. */
export function psqlOf(server: Postgres15): Psql {
  const { host, port, user, password } = server.connection;
  return async (sql, database = "postgres") => {
    const dbname = `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    const options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dbname, "-f", "-"];
    const child = spawn(join(server.bin, "psql"), options, {
      env: {
        ...{ ...process.env, LC_ALL: "C.UTF-8", PGOPTIONS: "-c client_min_messages=error" },
        ...{ PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
      },
    });
    child.stdin.on("error", () => {});
    child.stdin.end(sql);
    const closed = once(child, "close");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await closed;
    if (code !== 0) throw new Error(`psql in ${database}: ${stderr}\n${sql.slice(0, 500)}`);
    return stdout.trimEnd();
  };
}
