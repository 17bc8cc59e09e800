import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { openPlace, type Place, type Recorded, record } from "../../actions/postgres/support.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";

const PRIMARY = "primary";
const database = "restored";

describe.runIf(postgres15Available)("rows that differ", () => {
  let server: Postgres15;
  let place: Place;
  let file = "";
  let run: Recorded;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    server.createDatabase(PRIMARY);
    server.psql(
      `CREATE TABLE small (id int PRIMARY KEY, secret text, "Score" int);
      INSERT INTO small SELECT g, 'hush ' || g, g FROM generate_series(1, 40) g;
      CREATE TABLE big (a int, b text, v text, PRIMARY KEY (b, a));
      INSERT INTO big SELECT g, 'k' || g % 10, 'hush ' || g FROM generate_series(1, 60000) g;
      CREATE TABLE wide (a int, b bigint, v text, PRIMARY KEY (b, a));
      INSERT INTO wide SELECT g, g % 7, 'hush ' || g FROM generate_series(1, 60000) g;
      CREATE TABLE keyless (a int);
      INSERT INTO keyless VALUES (1), (1);
      ANALYZE`,
      PRIMARY,
    );
    place = await openPlace(server, server.connection, PRIMARY);
    run = record(place.target);
    const backup = await backupAction.run({ format: "custom", prefix: "b_" }, run.context);
    file = backup.values?.BACKUP_FILE ?? "";
    await createRestoreDatabaseAction.run({ database }, run.context);
    expect(await restoreAction.run({ file, database }, run.context)).toMatchObject({ ok: true });
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  /** What is told of rows after a change, which is undone again. */
  async function told(change: string, undo: string) {
    server.psql(change, database);
    const proven = await proveAction.run({ file, database }, run.context);
    server.psql(undo, database);
    expect(JSON.stringify(proven)).not.toContain("hush");
    return (proven.proof?.differences ?? [])
      .filter(({ object }) => object.includes(" row"))
      .map(({ object, expected, observed }) => [object, expected, observed]);
  }
  const THEN = "as at the snapshot";
  const NOW = "as on the primary now";

  it("are told by key, with the columns that differ, and no values", async () => {
    expect(
      await told(
        `UPDATE small SET secret = 'hush!', "Score" = 0 WHERE id = 7; DELETE FROM small WHERE id = 9; INSERT INTO small VALUES (99, 'hush', 9)`,
        `UPDATE small SET secret = 'hush 7', "Score" = 7 WHERE id = 7; INSERT INTO small VALUES (9, 'hush 9', 9); DELETE FROM small WHERE id = 99`,
      ),
    ).toEqual([
      ["public.small row (7)", THEN, 'other value in columns "Score", secret'],
      ["public.small row (9)", THEN, "missing"],
      ["public.small row (99)", THEN, "too many"],
    ]);
  });

  it("are found in a table that is never fetched", async () => {
    expect(
      await told(
        "UPDATE big SET v = 'x' WHERE a = 31234",
        "UPDATE big SET v = 'hush 31234' WHERE a = 31234",
      ),
    ).toEqual([["public.big row (31234,k4)", THEN, "other value in column v"]]);
    expect(
      await told(
        "UPDATE wide SET v = 'x' WHERE a IN (31234, 5)",
        "UPDATE wide SET v = 'hush ' || a WHERE a IN (31234, 5)",
      ),
    ).toEqual([
      ["public.wide row (31234,0)", THEN, "other value in column v"],
      ["public.wide row (5,5)", THEN, "other value in column v"],
    ]);
  });

  it("are counted beyond the first twenty", async () => {
    const rows = await told("UPDATE big SET v = v || '!'", "UPDATE big SET v = rtrim(v, '!')");
    expect(rows).toHaveLength(21);
    expect(rows.slice(0, 20).map(([, , observed]) => observed)).toEqual(
      Array.from({ length: 20 }, () => "other value in column v"),
    );
    expect(rows[20]?.[0]).toBe("public.big more rows");
  });

  it("are told by where they lie, where there is no key to name them by", async () => {
    expect(
      await told("UPDATE keyless SET a = 2 WHERE ctid = '(0,1)'", "UPDATE keyless SET a = 1"),
    ).toEqual([
      ["public.keyless row at (0,2) of the primary", THEN, "missing"],
      ["public.keyless row at (0,3) of the restore database", THEN, "too many"],
    ]);
  });

  describe("when the primary has moved on", () => {
    afterEach(() => {
      server.psql(`UPDATE small SET secret = 'hush ' || id; `, PRIMARY);
    });

    it("are told as compared with the primary now", async () => {
      server.psql("UPDATE small SET secret = 'hush, later' WHERE id = 3", PRIMARY);
      expect(
        await told("DELETE FROM small WHERE id = 9", "INSERT INTO small VALUES (9, 'hush 9', 9)"),
      ).toEqual([
        ["public.small row (3)", NOW, "other value in column secret"],
        ["public.small row (9)", NOW, "missing"],
      ]);
    });
  });
});
