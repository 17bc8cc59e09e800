import { existsSync, readdirSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectAction } from "../../../source/actions/backup/inspect.ts";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { dropRestoreDatabaseAction } from "../../../source/actions/postgres/drop-restore-database.ts";
import { healthAction } from "../../../source/actions/postgres/health.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { tablesMatchAction } from "../../../source/actions/postgres/tables-match.ts";
import { readManifest } from "../../../source/postgres/manifest-file.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must } from "../../helpers/results.ts";
import { openPlace, type Place, record } from "./support.ts";

const PRIMARY = 'pri"mary\n; --';
const RESTORE = "-rest\"ore'\n\u001b[31m; drop database x; --";
const OWNER = 'own"er';
const HOSTILE_TABLE = 'x"; drop database y; --';

const SCHEMA = `
CREATE EXTENSION citext;
CREATE SCHEMA "s'2\n";
CREATE TABLE games (id bigserial PRIMARY KEY, name citext, score int GENERATED ALWAYS AS (length(name::text)) STORED);
INSERT INTO games (name) SELECT 'game ' || g FROM generate_series(1, 500) g;
CREATE TABLE "s'2\n"."x""; drop database y; --" (t text);
INSERT INTO "s'2\n"."x""; drop database y; --" VALUES ('one'), (E'two\\n-- PostgreSQL database dump complete'), (NULL);
CREATE TABLE moves (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE moves_old PARTITION OF moves FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE moves_new PARTITION OF moves FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
INSERT INTO moves SELECT date '2025-12-01' + g, g FROM generate_series(1, 60) g;
CREATE TABLE parent (a int); CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2), (3);
CREATE MATERIALIZED VIEW top AS SELECT max(id) AS id FROM games;
CREATE VIEW names AS SELECT name FROM games;
CREATE SEQUENCE down INCREMENT -2 START 100 MINVALUE -100 MAXVALUE 100;
SELECT nextval('down'), nextval('down');
CREATE SEQUENCE untouched;
SELECT lo_from_bytea(0, 'blob');
ALTER DATABASE "pri""mary\n; --" SET work_mem = '7MB';
ALTER DATABASE "pri""mary\n; --" SET search_path = "s'2\n", public;
ALTER ROLE "own""er" IN DATABASE "pri""mary\n; --" SET lock_timeout = '3s';
ALTER DATABASE "pri""mary\n; --" CONNECTION LIMIT 30;
REVOKE CONNECT ON DATABASE "pri""mary\n; --" FROM PUBLIC;
COMMENT ON DATABASE "pri""mary\n; --" IS 'our "main" database';
`;

describe.runIf(postgres15Available)("a drill's Postgres actions, on names from hell", () => {
  let server: Postgres15;
  let place: Place;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    const owner = server.createRole(OWNER, "p'w", "CREATEDB");
    server.createDatabase(PRIMARY, OWNER);
    server.psql(`SET ROLE "own""er"; ${SCHEMA}`, PRIMARY);
    place = await openPlace(server, owner, PRIMARY);
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  function writes(): string {
    server.psql("SELECT pg_stat_force_next_flush()", PRIMARY);
    return server.psql(
      `SELECT tup_inserted, tup_updated, tup_deleted FROM pg_stat_database WHERE datname = E'pri"mary\\n; --'`,
    );
  }

  it.each(["plain", "custom", "directory"] as const)(
    "goes from a %s backup to a dropped restore database and leaves the primary unmoved",
    async (format) => {
      const before = writes();
      const { target } = place;
      const run = record(target);
      const { context } = run;
      const database = RESTORE;

      expect(await healthAction.run({}, context)).toMatchObject({ ok: true });
      const backup = await backupAction.run({ format, prefix: "staging_drill_" }, context);
      expect(backup).toMatchObject({ ok: true });
      const file = backup.values?.BACKUP_FILE ?? "";
      expect(existsSync(file)).toBe(true);
      expect(statSync(backup.values?.BACKUP_MANIFEST ?? "").mode & 0o777).toBe(0o600);
      expect(await inspectAction.run({ file }, context)).toMatchObject({
        ok: true,
        values: { BACKUP_SHA256: backup.backup?.sha256 },
      });

      const created = await createRestoreDatabaseAction.run({ database }, context);
      expect(created).toMatchObject({ ok: true });
      expect(await restoreAction.run({ file, database }, context)).toMatchObject({ ok: true });
      expect(await tablesMatchAction.run({ database }, context)).toMatchObject({ ok: true });
      const proven = await proveAction.run({ file, database }, context);
      expect(proven).toMatchObject({
        ok: true,
        values: { PROVEN_BACKUP: file },
        measurements: { rows: 566 },
        proof: { verdict: "equal", level: "full", differences: [] },
      });
      expect(await dropRestoreDatabaseAction.run({ database }, context)).toMatchObject({
        ok: true,
      });
      expect(server.psql("SELECT count(*) FROM pg_database WHERE datname LIKE '%rest%'")).toBe("0");
      expect(run.resources.map(({ status }) => status)).toEqual(["released", "released"]);
      expect(writes()).toBe(before);
    },
  );

  it("is not equal when a setting could not be carried over, whose value is never told", async () => {
    server.psql(`ALTER DATABASE "pri""mary\n; --" SET app.secret = 'hush hush'`);
    const run = record(place.target);
    const { context } = run;
    const database = RESTORE;
    const backup = await backupAction.run({ format: "plain", prefix: "s_" }, context);
    const file = backup.values?.BACKUP_FILE ?? "";
    const created = await createRestoreDatabaseAction.run({ database }, context);
    // Only a superuser may set what no extension knows.
    const warnings = created.checks.filter(({ title }) => title === "Not carried over");
    expect(warnings.map(({ observed }) => observed)).toEqual([
      "setting app.secret: refused (42501)",
    ]);
    expect(await restoreAction.run({ file, database }, context)).toMatchObject({ ok: true });
    const proven = await proveAction.run({ file, database }, context);
    expect(proven.proof?.differences.map(({ object, observed }) => [object, observed])).toEqual([
      ["setting app.secret", "missing"],
    ]);
    expect(await run.undoAll()).toEqual(["dropped"]);
    expect(run.commands.join("\n")).not.toContain("hush hush");
    expect(JSON.stringify(proven)).not.toContain("hush hush");
  });

  it("carries over what a dump never does", async () => {
    const superuser = await openPlace(server, server.connection, PRIMARY);
    const run = record(superuser.target);
    const made = await createRestoreDatabaseAction.run({ database: RESTORE }, run.context);
    expect(made).toMatchObject({ ok: true });
    const settings = (name: string) =>
      server.psql(`SELECT coalesce(r.rolname, '-') || ' ' || s.setconfig::text FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
        WHERE d.datname = ${name} ORDER BY 1`);
    const facts = (name: string) =>
      server.psql(`SELECT pg_get_userbyid(datdba), encoding, datcollate, datctype, datconnlimit, datacl
        FROM pg_database WHERE datname = ${name}`);
    const restored = `E'-rest"ore\\'\\n\\x1b[31m; drop database x; --'`;
    const primary = `E'pri"mary\\n; --'`;
    expect(settings(restored)).toBe(settings(primary));
    expect(settings(restored)).toContain("work_mem=7MB");
    expect(facts(restored)).toBe(facts(primary));
    expect(facts(restored)).toContain("|30|");
    const comment = server.psql(
      `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ${restored}`,
    );
    expect(comment).toMatch(/^restore-drill: made by drill drill-1 at \S+ for a restore of /u);
    expect(comment).toContain('our \\"main\\" database');
    expect(comment).not.toContain("\n");
    expect(run.commands.join("\n")).not.toContain("hush hush");
    expect(await run.undoAll()).toEqual(["dropped"]);
    await superuser.close();
  });

  it.each([
    ["ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", "LATIN1, C, C, libc"],
    ["ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", "UTF8, C, C.UTF-8, libc"],
    ["ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", "SQL_ASCII, C, C, libc"],
    ["LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk'", "icu de-u-co-phonebk"],
  ])("makes the restore database of a primary with %s alike", async (options, expected) => {
    server.psql(`CREATE DATABASE odd TEMPLATE template0 ${options}`);
    const odd = await openPlace(server, server.connection, "odd");
    const run = record(odd.target);
    const made = await createRestoreDatabaseAction.run({ database: "odd_restored" }, run.context);
    expect(made.checks).toContainEqual(
      expect.objectContaining({
        title: "Encoding and locale",
        status: "passed",
        observed: expect.stringContaining(expected),
      }),
    );
    expect(await run.undoAll()).toEqual(["dropped"]);
    await odd.close();
    server.psql("DROP DATABASE odd");
  });

  it("writes a manifest of what the snapshot held", async () => {
    const run = record(place.target);
    const backup = await backupAction.run(
      { format: "plain", prefix: "staging_drill_" },
      run.context,
    );
    const manifest = must(await readManifest(backup.values?.BACKUP_FILE ?? ""));
    expect(
      manifest?.tables.map(({ schema, name, kind, rows }) => [schema, name, kind, rows]),
    ).toEqual([
      ["public", "child", "table", 2],
      ["public", "games", "table", 500],
      ["public", "moves", "partitioned table", null],
      ["public", "moves_new", "table", 30],
      ["public", "moves_old", "table", 30],
      ["public", "parent", "table", 1],
      ["public", "top", "materialized view", null],
      ["s'2\n", HOSTILE_TABLE, "table", 3],
    ]);
    expect(manifest?.sequences.map(({ name, from, to }) => [name, from, to])).toEqual([
      ["down", { value: "98", called: true }, { value: "98", called: true }],
      ["games_id_seq", { value: "500", called: true }, { value: "500", called: true }],
      ["untouched", { value: "1", called: false }, { value: "1", called: false }],
    ]);
    expect(manifest).toMatchObject({ drill: "drill-1", database: PRIMARY, level: "full" });
    expect(manifest?.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/u);
  });

  it("never overwrites: backups of one second get names of their own", async () => {
    const before = readdirSync(place.target.backupDirectory).length;
    const run = record(place.target);
    const made = await Promise.all(
      [1, 2].map(() => backupAction.run({ format: "plain", prefix: "same_" }, run.context)),
    );
    const files = new Set(made.map(({ values }) => values?.BACKUP_FILE));
    expect(made.map(({ ok }) => ok)).toEqual([true, true]);
    expect(files.size).toBe(2);
    // Each with its manifest, and no claim is left.
    expect(readdirSync(place.target.backupDirectory).length).toBe(before + 4);
  });
});
