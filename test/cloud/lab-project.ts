/** A project for the labs: an app that writes, migrations, and a stand-in of Prisma's command. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Postgres15 } from "../helpers/postgres15.ts";

const PG = JSON.stringify(import.meta.resolve("pg"));
const CONNECT = `
  import pg from ${PG};
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
`;

/** Writes a game when it starts, and tells a file what it saw. Never ready where ILL is set. */
const APP = `${CONNECT}
  import { writeFileSync } from "node:fs";
  import { createServer } from "node:http";
  await client.query("INSERT INTO games VALUES (1000, 'of the app')");
  const { rows } = await client.query("SELECT count(*)::int AS games FROM games");
  createServer(async (request, answer) => {
    const alive = await client.query("SELECT 1").then(() => true, () => false);
    answer.setHeader("content-type", "application/json");
    const ill = process.env.ILL !== undefined && request.url === "/ready";
    answer.end(JSON.stringify({ status: alive && !ill ? "ok" : "error" }));
  }).listen(Number(process.env.PORT), "127.0.0.1", () =>
    writeFileSync("app.json", JSON.stringify({ pid: process.pid, ...rows[0] })));
`;

/** Says what Prisma's `migrate status` says, of the database that it really asks. */
const PRISMA = `#!/usr/bin/env node
${CONNECT}
  import { readdirSync } from "node:fs";
  const { rows } = await client.query("SELECT migration_name AS name FROM _prisma_migrations");
  const missing = readdirSync("prisma/migrations").filter((one) => !rows.some(({ name }) => name === one));
  console.log(missing.length === 0 ? "Database schema is up to date!" : "Not yet applied: " + missing);
  process.exit(missing.length === 0 ? 0 : 1);
`;

const MIGRATION = "CREATE TABLE games ();\n";
const CHECKSUM = createHash("sha256").update(MIGRATION).digest("hex");

/** For the database `shop`: its one migration is applied. */
export const MIGRATIONS_SQL = `
  CREATE TABLE _prisma_migrations (
    id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid(), checksum varchar(64) NOT NULL,
    finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text,
    rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0);
  INSERT INTO _prisma_migrations (migration_name, checksum, finished_at)
    VALUES ('1_init', '${CHECKSUM}', now());
`;

export function writeLabProject(home: string, { host, port }: Postgres15): void {
  const files = {
    "app.mjs": APP,
    "prisma/schema.prisma": "",
    "prisma/migrations/1_init/migration.sql": MIGRATION,
    "node_modules/prisma/package.json": '{ "name": "prisma", "type": "module" }',
    "node_modules/.bin/package.json": '{ "type": "module" }',
    "restore-drill.yaml": `default: local
environments:
  local:
    target: direct
    host: ${host}
    port: ${port}
    user: shop
    database: shop
    password: "\${PW}"
    backups: { host: ./backups }
    app: { command: exec node app.mjs, health: /health, ready: /ready }
    migrations: { tool: prisma, directory: ./prisma/migrations }
`,
  };
  for (const [path, text] of Object.entries(files)) write(join(home, path), text);
  writeFileSync(join(home, "node_modules/.bin/prisma"), PRISMA, { mode: 0o755 });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const shape = z.object({ pid: z.number(), games: z.number() });

/** What the app told when it had written. */
export function seenByApp(home: string): z.output<typeof shape> {
  return shape.parse(JSON.parse(readFileSync(join(home, "app.json"), "utf8")));
}
