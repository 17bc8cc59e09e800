/** A primary and its restore on one private PostgreSQL 15 server. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSession } from "../../../../source/postgres/connect.ts";
import { readFacts } from "../../../../source/postgres/proof/facts/read-facts.ts";
import type { Facts, FactsReading } from "../../../../source/postgres/proof/facts/types.ts";
import type { Session } from "../../../../source/postgres/session.ts";
import { type Postgres15, startPostgres15 } from "../../../helpers/postgres15.ts";
import { must } from "../../../helpers/results.ts";

export interface FactsLab {
  readonly server: Postgres15;
  session(database: string): Promise<Session>;
  read(database: string): Promise<FactsReading>;
  /** What is read after the statement, which is then undone. */
  after(session: Session, sql: string): Promise<Facts>;
  restore(from: string, to: string): void;
  close(): Promise<void>;
}

const VERSION = { serverVersion: 150_000 };

export async function openFactsLab(): Promise<FactsLab> {
  const server = await startPostgres15({
    settings: { wal_level: "logical", autovacuum: "off", allow_system_table_mods: "on" },
  });
  const directory = mkdtempSync(join(tmpdir(), "facts-"));
  const opened: Session[] = [];

  async function session(database: string): Promise<Session> {
    const options = { database, role: "restore", purpose: "facts" } as const;
    const one = must(await openSession(server.connection, options));
    opened.push(one);
    return one;
  }

  function run(tool: string, args: readonly string[]): void {
    execFileSync(join(server.bin, tool), args, { env: environment(server) });
  }

  return {
    server,
    session,
    async read(database) {
      const one = await session(database);
      const reading = must(await readFacts(one, VERSION));
      await one.close();
      return reading;
    },
    async after(one, sql) {
      must(await one.query("BEGIN"));
      try {
        must(await one.query("SET LOCAL search_path = public"));
        must(await one.query(sql));
        return must(await readFacts(one, VERSION)).facts;
      } finally {
        must(await one.query("ROLLBACK"));
      }
    },
    restore(from, to) {
      const file = join(directory, "dump");
      run("pg_dump", ["-Fc", "-Z0", "-f", file, from]);
      server.createDatabase(to);
      run("pg_restore", ["--exit-on-error", "--no-subscriptions", "-d", to, file]);
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function environment({ host, port, superuser }: Postgres15): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: "C.UTF-8",
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: superuser.user,
    PGPASSWORD: superuser.password,
  };
}
