import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import type { RowKey } from "../../../source/drill/types.ts";
import { readRowValues } from "../../../source/postgres/proof/row-values.ts";
import { recordFields, valuesStatement } from "../../../source/postgres/proof/row-values-sql.ts";
import type { TableShape } from "../../../source/postgres/proof/shapes.ts";
import { openPlace, type Place, type Recorded, record } from "../../actions/postgres/support.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";

import { must, problemOf } from "../../helpers/results.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const SHAPE: TableShape = {
  oid: "0",
  columns: [],
  key: [],
  cheap: [],
  readable: true,
  layout: "",
  condition: "",
  blocks: 0,
  bytes: 0,
  estimatedRows: 0,
};
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

  const keyOf = (table: string, key: string) => ({ schema: "public", table, key });
  const look = (...rows: readonly RowKey[]) =>
    readRowValues(place.target, { drill: "drill-1", database, rows }, new AbortController().signal);

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

  describe("whose values are asked for", () => {
    it("are read from both sides, by the keys that the proof tells", async () => {
      server.psql(
        `UPDATE small SET secret = NULL WHERE id = 7; DELETE FROM small WHERE id = 9;
        INSERT INTO small VALUES (99, '', 9); UPDATE big SET v = E'\\x1b[2J\\n' || v WHERE a = 31234`,
        database,
      );
      const proven = await proveAction.run({ file, database }, run.context);
      const keys = proven.proof?.differences.flatMap(({ row }) => row ?? []) ?? [];
      expect(keys).toEqual([
        keyOf("big", "(31234,k4)"),
        keyOf("small", "(7)"),
        keyOf("small", "(9)"),
        keyOf("small", "(99)"),
      ]);
      expect(must(await look(...keys))).toEqual([
        {
          title: "public.big row (31234,k4)",
          note: "2 other columns are equal.",
          columns: [{ name: "v", primary: "hush 31234", restored: "\\u001b[2J\\nhush 31234" }],
        },
        {
          title: "public.small row (7)",
          note: "2 other columns are equal.",
          columns: [{ name: "secret", primary: "hush 7", restored: null }],
        },
        {
          title: "public.small row (9)",
          note: "The restored database has no such row.",
          columns: [
            { name: "Score", primary: "9" },
            { name: "id", primary: "9" },
            { name: "secret", primary: "hush 9" },
          ],
        },
        {
          title: "public.small row (99)",
          note: "The primary has no such row now.",
          columns: [
            { name: "Score", restored: "9" },
            { name: "id", restored: "99" },
            { name: "secret", restored: "" },
          ],
        },
      ]);
    });

    it("are found by an index, whatever the key holds, and clipped around what differs", async () => {
      const keys = ["plain", "", 'a "quoted" \\ one', "(b,c) d", "\n", "it's", "é "];
      const table = (
        x: string,
      ) => `CREATE TABLE many (k text COLLATE "C", c char(4), d date, x text, PRIMARY KEY (k, c, d));
        INSERT INTO many SELECT k, 'y', '2026-11-22', ${x} FROM unnest(ARRAY[${keys.map((key) => `'${key.replaceAll("'", "''")}'`).join(", ")}]) k`;
      server.psql(table("repeat('long ', 500) || 'here' || repeat(' long', 500)"), PRIMARY);
      server.psql(table("repeat('long ', 500) || 'there' || repeat(' long', 500)"), database);
      const shown = server
        .psql("SELECT to_json(ROW(c, d, k)::text) FROM many", PRIMARY)
        .split("\n");
      const rows = shown.map((key) => keyOf("many", String(JSON.parse(key))));
      expect(rows.map(({ key }) => recordFields(key)[2]).toSorted()).toEqual(keys.toSorted());
      const found = must(await look(...rows));
      expect(found.map(({ columns }) => columns)).toEqual(
        keys.map(() => [
          {
            name: "x",
            primary: expect.stringMatching(/^….* long here long .*…$/u),
            restored: expect.stringMatching(/^….* long there long .*…$/u),
          },
        ]),
      );
      expect(found[0]?.columns[0]?.primary?.length).toBeLessThan(320);
      const shape = {
        columns: [{ name: "k", as: "text", nullable: false }],
        key: ["c", "d", "k"],
      } as const;
      const at = { schema: "public", name: "many", shape: { ...SHAPE, ...shape } };
      const plan = `SET enable_seqscan = off; EXPLAIN ${valuesStatement(
        at,
        rows.map(({ key }) => key),
      )}`;
      expect(server.psql(plan, PRIMARY)).toContain("Index Cond");
    });

    it("are told as gone when they are, and when the table or its key is", async () => {
      const [gone] = must(await look(keyOf("small", "(1000)")));
      expect(gone).toMatchObject({ note: "Neither side has this row now.", columns: [] });
      const [equal] = must(await look(keyOf("small", "(3)")));
      expect(equal).toMatchObject({ note: expect.stringContaining("equal now"), columns: [] });
      server.psql("ALTER TABLE many DROP CONSTRAINT many_pkey", database);
      const told = must(
        await look(keyOf("many", "(plain)"), keyOf("nowhere", "(1)"), keyOf("small", "(7)")),
      );
      expect(told.map(({ title, columns }) => [title, columns.length])).toEqual([
        ["public.many", 0],
        ["public.nowhere", 0],
        ["public.small row (7)", 1],
      ]);
    });

    it("are refused in a database that is not this drill's, and leave no session behind", async () => {
      const signal = new AbortController().signal;
      const rows = [keyOf("small", "(7)")];
      const other = { drill: "drill-2", database, rows };
      expect(problemOf(await readRowValues(place.target, other, signal)).message).toContain(
        "drill",
      );
      const primary = { drill: "drill-1", database: PRIMARY, rows };
      expect(problemOf(await readRowValues(place.target, primary, signal)).code).toBe("refused");
      const missing = { drill: "drill-1", database: "gone", rows };
      expect(problemOf(await readRowValues(place.target, missing, signal))).toMatchObject({
        message: expect.stringContaining('"gone"'),
        hint: expect.stringContaining("restore and compare again"),
      });
      const left =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%row values%'";
      await waitFor(() => expect(server.psql(left)).toBe("0"));
    });
  });
});
