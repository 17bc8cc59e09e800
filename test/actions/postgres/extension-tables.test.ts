/** Tables that belong to an extension: a dump holds the rows its configuration asks for, and no others. */
import { accessSync, constants, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, type Recorded, record } from "./support.ts";

/** Where the server looks for extensions; there is one place for all servers of this version. */
const EXTENSIONS = "/usr/share/postgresql/15/extension";
/** Several runs may be at it at a time. */
const NAME = `restore_drill_test_${process.pid}`;
const FILES = {
  [`${EXTENSIONS}/${NAME}.control`]:
    "default_version = '1.0'\nrelocatable = false\nsuperuser = false\n",
  [`${EXTENSIONS}/${NAME}--1.0.sql`]: `
    CREATE TABLE rules (id int PRIMARY KEY, rule text, shipped boolean NOT NULL DEFAULT false);
    INSERT INTO rules VALUES (1, 'as shipped', true);
    SELECT pg_catalog.pg_extension_config_dump('rules', 'WHERE NOT shipped');
    CREATE TABLE notes (note text);
    SELECT pg_catalog.pg_extension_config_dump('notes', '');
    CREATE TABLE cache (entry text);`,
};

const installable = postgres15Available && mayWrite(EXTENSIONS);
if (postgres15Available && !installable) {
  console.warn(`Tables of extensions are not tested: ${EXTENSIONS} may not be written to.`);
}

describe.runIf(installable)("tables of an extension", () => {
  const database = "restored";
  let server: Postgres15;
  let place: Place;
  let run: Recorded;
  let file = "";

  beforeAll(async () => {
    for (const [path, text] of Object.entries(FILES)) writeFileSync(path, text);
    server = await startPostgres15();
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("primary", "owner");
    server.psql(
      `SET ROLE owner; CREATE EXTENSION ${NAME};
      INSERT INTO rules VALUES (2, 'ours'); UPDATE rules SET rule = 'changed' WHERE shipped;
      INSERT INTO notes VALUES ('a'), ('b'), (NULL); INSERT INTO cache VALUES ('warm');`,
      "primary",
    );
    place = await openPlace(server, owner, "primary");
    run = record(place.target);
    const made = await backupAction.run({ format: "custom", prefix: "b_" }, run.context);
    file = made.values?.BACKUP_FILE ?? "";
    await createRestoreDatabaseAction.run({ database }, run.context);
    expect(await restoreAction.run({ file, database }, run.context)).toMatchObject({ ok: true });
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
    for (const path of Object.keys(FILES)) rmSync(path, { force: true });
  });

  const prove = () => proveAction.run({ file, database }, run.context);

  it("are equal in the rows that a dump holds, and the others are said not to be covered", async () => {
    const proven = await prove();
    expect(proven).toMatchObject({ ok: true, proof: { verdict: "equal", tables: 2, rows: 4 } });
    expect(proven.proof?.notCovered).toEqual(
      expect.arrayContaining([
        "rows of tables that belong to an extension, which a dump leaves to it: public.cache",
        "rows that the condition of an extension leaves out of dumps of its tables: public.rules",
      ]),
    );
  });

  it.each([
    ["DELETE FROM rules WHERE id = 2", "public.rules"],
    ["UPDATE rules SET rule = 'theirs' WHERE id = 2", "public.rules"],
    ["INSERT INTO rules VALUES (3, 'stray')", "public.rules"],
    ["INSERT INTO notes VALUES (NULL)", "public.notes"],
  ])("differ after %s", async (sql, table) => {
    server.psql(sql, database);
    const proven = await prove();
    expect(proven.proof?.differences[0]?.object).toBe(table);
    server.psql(
      "TRUNCATE notes; INSERT INTO notes VALUES ('a'), ('b'), (NULL); DELETE FROM rules WHERE NOT shipped; INSERT INTO rules VALUES (2, 'ours')",
      database,
    );
  });
});

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
