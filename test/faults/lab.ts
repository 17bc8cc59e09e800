/** One server with one world, and what all drills on it share: healthy backups and a healthy restore. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupFormat } from "../../source/environment/target.ts";
import { composeMarker } from "../../source/postgres/marker.ts";
import { type Postgres15, startPostgres15 } from "../helpers/postgres15.ts";
import { type Psql, psqlOf } from "./psql.ts";

export const PRIMARY = "ringrift";
export const PASSWORD = "game over & out";
export const HEALTHY_DRILL = "healthy-drill";
const TEMPLATE = "restored_healthy";
/** A copy of the world that nobody connects to. */
export const PRISTINE = "ringrift_pristine";

export interface Lab {
  readonly server: Postgres15;
  readonly psql: Psql;
  readonly home: string;
  /** A number no other drill in this lab has. */
  next(): number;
  /** Path of a backup of the world with its manifest; taken once per format. */
  healthyBackup(format: BackupFormat): Promise<string>;
  /** A fresh database that equals a healthy restore in everything, with this drill's marker. */
  cloneRestored(database: string, drill: string): Promise<void>;
  close(): Promise<void>;
}

export interface LabWork {
  takeBackup(lab: Lab, format: BackupFormat): Promise<string>;
  restoreInto(lab: Lab, database: string): Promise<void>;
}

export async function openLab(work: LabWork): Promise<Lab> {
  // Autovacuum would only add noise to the timing.
  const server = await startPostgres15({
    settings: { autovacuum: "off", max_connections: "80", max_locks_per_transaction: "256" },
  });
  const psql = psqlOf(server);
  const home = mkdtempSync(join(tmpdir(), "restore-drill-faults-"));
  chmodSync(home, 0o755);
  server.createRole("ringrift", PASSWORD, "SUPERUSER");
  server.createRole("ringrift_app", PASSWORD, "CREATEDB");
  server.createRole("ringrift_reader", PASSWORD, "CREATEDB");
  server.createDatabase(PRIMARY, "ringrift");
  await psql(`SET SESSION AUTHORIZATION ringrift;\n${worldSql()}`, PRIMARY);
  await psql(settingsSql(PRIMARY));
  await psql(`CREATE DATABASE ${PRISTINE} OWNER ringrift TEMPLATE ${PRIMARY}`);

  const backups = new Map<BackupFormat, Promise<string>>();
  let template: Promise<void> | undefined;
  let count = 0;
  const lab: Lab = {
    server,
    psql,
    home,
    next: () => ++count,
    healthyBackup(format) {
      const known = backups.get(format) ?? work.takeBackup(lab, format);
      backups.set(format, known);
      return known;
    },
    async cloneRestored(database, drill) {
      template ??= work.restoreInto(lab, TEMPLATE);
      await template;
      const name = quoted(database);
      await psql(`CREATE DATABASE ${name} OWNER ringrift TEMPLATE ${TEMPLATE}`);
      const marker = composeMarker({
        drill,
        madeAt: new Date().toISOString(),
        primary: PRIMARY,
        restoreBegan: new Date().toISOString(),
        primaryComment: "The game's own database",
      });
      await psql(
        `${settingsSql(database)}\nCOMMENT ON DATABASE ${name} IS '${marker.replaceAll("'", "''")}'`,
      );
    },
    async close() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return lab;
}

const WORLD = new URL("world/", import.meta.url);

/** Everything a dump carries; a superuser runs it in an empty database. */
export function worldSql(): string {
  const files = readdirSync(WORLD).filter((name) => /^[123]/u.test(name));
  return files
    .sort()
    .map((name) => readFileSync(new URL(name, WORLD), "utf8"))
    .join("\n");
}

/** What no dump carries. */
export function settingsSql(database: string): string {
  return readFileSync(new URL("4-settings.sql", WORLD), "utf8").replaceAll(
    "DATABASE ringrift ",
    `DATABASE ${quoted(database)} `,
  );
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
