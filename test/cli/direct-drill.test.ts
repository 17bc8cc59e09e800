/** A whole drill of a real PostgreSQL 15 with this host's own client programs. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

const PASSWORD = "s3cret-of-ringrift";
const HOSTILE = 'x"; drop database y; --';

describe.runIf(postgres15Available)("a drill of a direct environment", () => {
  let server: Postgres15;
  let home: string;

  beforeAll(async () => {
    server = await startPostgres15();
    await server.createRole("ringrift", PASSWORD, "CREATEDB");
    for (const name of ["ringrift", HOSTILE]) {
      await server.psql(`CREATE DATABASE ${quoted(name)} OWNER ringrift`);
      await server.psql(
        `SET ROLE ringrift;
         CREATE SCHEMA game;
         CREATE TABLE game.moves (id serial PRIMARY KEY, note text, at timestamptz DEFAULT now());
         INSERT INTO game.moves (note) SELECT repeat('x', i % 50) FROM generate_series(1, 5000) i;
         CREATE TABLE "odd ""name""" (v int);`,
        name,
      );
    }
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    home = await newHome();
    await mkdir(join(home, "backups"));
  });

  async function drill(database: string, args: readonly string[] = [], password = PASSWORD) {
    const config = join(home, "restore-drill.yaml");
    await writeFile(
      config,
      `default: local
environments:
  local:
    target: direct
    host: ${server.host}
    port: ${server.port}
    user: ringrift
    database: ${JSON.stringify(database)}
    password: \${DRILL_DB_PASSWORD}
    bin: ${server.bin}
    backups: { host: ./backups }
`,
    );
    const env = { DRILL_DB_PASSWORD: password };
    return runCli(["--headless", "--json", "--config", config, ...args], { home, env });
  }

  async function databases(): Promise<string> {
    return server.psql("SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
  }

  async function writes(database: string): Promise<string> {
    return server.psql(
      `SELECT tup_inserted, tup_updated, tup_deleted FROM pg_stat_database WHERE datname = ${literal(database)}`,
    );
  }

  it.each(["plain", "custom", "directory"])("passes with a %s backup", async (format) => {
    const before = { databases: await databases(), writes: await writes("ringrift") };
    const outcome = await drill("ringrift", ["--set", `BACKUP_FORMAT=${format}`]);
    expect(outcome.stderr).not.toContain("restore-drill:");
    expect(outcome.exit).toBe(0);
    const after = { databases: await databases(), writes: await writes("ringrift") };
    expect(after).toEqual(before);
    const [entry = ""] = (await readFile(join(home, "log.jsonl"), "utf8")).split("\n");
    expect(JSON.parse(entry)).toMatchObject({
      verdict: "passed",
      environment: { target: "direct", database: "ringrift" },
      proof: { verdict: "equal", tables: 2, rows: 5000 },
      measurements: { rows: 5000 },
    });
    // What this user may not do is no step that passed.
    const reason = "The extension amcheck cannot be used here: only a superuser may create it.";
    expect(JSON.parse(entry).items).toContainEqual(
      expect.objectContaining({
        id: "indexes-checked",
        status: "not-applicable",
        steps: [expect.objectContaining({ status: "not-applicable", reason })],
      }),
    );
  });

  it("passes for a database with a hostile name, and drops nothing else", async () => {
    const before = await databases();
    const outcome = await drill(HOSTILE);
    expect(outcome.stderr).not.toContain("restore-drill:");
    expect(outcome.exit).toBe(0);
    expect(await databases()).toBe(before);
  });

  it("never shows or stores the password", async () => {
    const outcome = await drill("ringrift");
    expect(outcome.stdout + outcome.stderr).not.toContain(PASSWORD);
    for (const name of await readdir(home, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const text = await readFile(join(name.parentPath, name.name), "utf8");
      expect(text, name.name).not.toContain(PASSWORD);
    }
  });

  it("exits 4 and touches nothing when the restore database exists already", async () => {
    await server.psql("CREATE DATABASE ringrift_restore_drill OWNER ringrift");
    const before = await databases();
    const outcome = await drill("ringrift");
    expect(outcome.stderr).toContain("ringrift_restore_drill");
    expect(outcome.exit).toBe(4);
    expect(await databases()).toBe(before);
    expect(await readdir(join(home, "backups"))).toEqual([]);
    await server.psql("DROP DATABASE ringrift_restore_drill");
  });

  it("exits 4 for a wrong password, a database that is not there, and a restore onto the primary", async () => {
    const wrong = await drill("ringrift", [], "not-the-password");
    expect(wrong.stderr).toMatch(/password/i);
    expect(wrong.exit).toBe(4);
    const missing = await drill("nowhere");
    expect(missing.stderr).toContain("nowhere");
    expect(missing.exit).toBe(4);
    const primary = await drill("ringrift", ["--set", "RESTORE_DB=ringrift"]);
    expect(primary.stderr).toContain("primary");
    expect(primary.exit).toBe(4);
  });

  it("exits 4 when the backup directory is missing its parent, or is a file", async () => {
    await writeFile(join(home, "file"), "");
    await writeFile(join(home, "backups", "keep"), "");
    const config = join(home, "restore-drill.yaml");
    await drill("ringrift", ["--dry-run"]);
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace("./backups", "./file"));
    const env = { DRILL_DB_PASSWORD: PASSWORD };
    const outcome = await runCli(["--headless", "--config", config], { home, env });
    expect(outcome.stderr).toContain(join(home, "file"));
    expect(outcome.exit).toBe(4);
  });

  it("fails, cleans up and logs it when a required step fails", async () => {
    const checklist = join(home, "failing.yaml");
    await writeFile(
      checklist,
      `id: failing
title: Failing
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
          - id: create
            title: Create
            uses: postgres/create-restore-database
            with: { database: failing_restore }
          - { id: broken, title: Broken, run: "echo about to fail; exit 7" }
          - { id: never, title: Never, run: "true" }
`,
    );
    const before = await databases();
    const outcome = await drill("ringrift", [checklist]);
    expect(outcome.exit).toBe(1);
    expect(await databases()).toBe(before);
    const shown = await runCli(["log", "show", "--json"], { home });
    expect(JSON.parse(shown.stdout)).toMatchObject({ verdict: "failed" });
  });
});

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
