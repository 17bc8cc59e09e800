import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../../source/postgres/connect.ts";
import { listTables } from "../../../source/postgres/proof/catalogue.ts";
import {
  type Depth,
  fingerprintTables,
  taskOf,
} from "../../../source/postgres/proof/fingerprint.ts";
import { readLargeObjects } from "../../../source/postgres/proof/large-objects.ts";
import { COMPARING_SETTINGS } from "../../../source/postgres/proof/settings.ts";
import { readShapes } from "../../../source/postgres/proof/shapes.ts";
import { totalOf } from "../../../source/postgres/proof/sums.ts";
import type { Session } from "../../../source/postgres/session.ts";
import { runAll } from "../../../source/postgres/with-session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must, problemOf } from "../../helpers/results.ts";
import { AWKWARD, TYPES, WIDEST } from "./awkward.ts";

const FULL: Depth = { level: "full", sample: 10 };

describe.runIf(postgres15Available)("a fingerprint", () => {
  let server: Postgres15;
  let session: Session;
  /** By level: every change is rolled back. */
  const unchanged = new Map<string, ReadonlyMap<string, string>>();

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    server.createDatabase("awkward");
    server.psql(AWKWARD + WIDEST, "awkward");
    session = await open();
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });

  async function open(user?: { user: string; password: string }): Promise<Session> {
    const opened = await openSession(
      { ...server.connection, ...user },
      { database: "awkward", role: "maintenance", purpose: "test", patient: true },
    );
    const session = must(opened);
    must(await runAll(session, COMPARING_SETTINGS));
    return session;
  }

  async function tasks(depth = FULL, on = session, buckets?: number) {
    const tables = must(await listTables(on));
    const shapes = must(
      await readShapes(
        on,
        tables.map(({ oid }) => oid),
      ),
    );
    return tables.flatMap((table) => {
      const shape = shapes.get(table.oid);
      if (shape?.readable !== true || table.kind === "partitioned table") return [];
      return [taskOf(table, shape, depth, buckets)];
    });
  }

  async function fingerprints(depth = FULL, buckets?: number) {
    const read = must(await fingerprintTables([session], await tasks(depth, session, buckets)));
    const sums = [...read].map(([{ table }, parts]) => {
      const { rows, hashed, sumA, sumB } = totalOf(parts);
      return [table.name, `${rows} ${hashed} ${sumA} ${sumB}`] as const;
    });
    const objects = must(await readLargeObjects(session, depth.level));
    return new Map([...sums, ["large objects", JSON.stringify(objects.sums)]]);
  }

  /** Names of what differs after a change that is undone again. */
  async function changedBy(sql: string, depth = FULL): Promise<readonly string[]> {
    const before = unchanged.get(depth.level) ?? (await fingerprints(depth));
    unchanged.set(depth.level, before);
    must(await session.query("BEGIN"));
    try {
      must(await session.query(sql));
      const after = await fingerprints(depth);
      return [...after].filter(([name, sums]) => before.get(name) !== sums).map(([name]) => name);
    } finally {
      must(await session.query("ROLLBACK"));
    }
  }

  describe("of every type", () => {
    const edges = async () => {
      const [task] = (await tasks()).filter(({ table }) => table.name === "types");
      if (task === undefined) throw new Error("no table");
      const read = must(await fingerprintTables([session], [task]));
      return totalOf(read.get(task) ?? new Map());
    };

    it.each(TYPES.map(([type, edge, other], at) => [type, edge, other, at] as const))(
      "tells a %s of %.40s from %.40s",
      async (_type, _edge, other, at) => {
        const before = await edges();
        must(await session.query("BEGIN"));
        must(
          await session.query(
            `SET LOCAL search_path = awk, public; UPDATE awk.types SET c${at} = ${other} WHERE id = 1; SET LOCAL search_path = pg_catalog`,
          ),
        );
        const after = await edges();
        must(await session.query("ROLLBACK"));
        expect(after).not.toEqual(before);
        expect(await edges()).toEqual(before);
      },
    );
  });

  it.each([
    ["a NULL that became empty", "UPDATE awk.twice SET b = '' WHERE b IS NULL", ["twice"]],
    ["a NULL that became its mark", "UPDATE awk.twice SET b = E'\\x02' WHERE b IS NULL", ["twice"]],
    [
      "a NULL in another column",
      `UPDATE awk."T" SET rows = NULL, count = 2 WHERE t IS NULL`,
      ["T"],
    ],
    [
      "values that moved between columns",
      `UPDATE awk."T" SET a = 5, r = NULL WHERE t IS NULL`,
      ["T"],
    ],
    ["one of several equal rows gone", "DELETE FROM awk.twice WHERE ctid = '(0,1)'", ["twice"]],
    [
      "two of several equal rows changed alike",
      "UPDATE awk.twice SET b = 'z' WHERE ctid IN ('(0,1)', '(0,2)')",
      ["twice"],
    ],
    [
      "rows swapped between tables",
      "UPDATE awk.twice SET a = 7, b = 'c' WHERE a = 2; UPDATE awk.other SET a = 2, b = NULL WHERE a = 7",
      ["other", "twice"],
    ],
    [
      "values swapped between rows",
      "UPDATE awk.many SET v = 'value ' || (3 - id) WHERE id < 3",
      ["many"],
    ],
    ["one of 5,000 values", "UPDATE awk.many SET f = f + 1e-9 WHERE id = 4321", ["many"]],
    ["the end of a text in the next column", "UPDATE awk.texts SET a = 'a', b = 'bc'", ["texts"]],
    ["a text in another column", "UPDATE awk.texts SET b = NULL, c = 'c'", ["texts"]],
    ["a NULL among texts that became empty", "UPDATE awk.texts SET f = ''", ["texts"]],
    ["a text that became NULL", "UPDATE awk.texts SET b = NULL", ["texts"]],
    ["the case of a citext", "UPDATE awk.texts SET d = 'dE'", ["texts"]],
    ["a row without columns", "DELETE FROM awk.nothing WHERE ctid = '(0,1)'", ["nothing"]],
    ["a column of 1,600", "UPDATE awk.widest SET c1598 = true", ["widest"]],
    ["a generated value", "UPDATE awk.made SET a = 5", ["made"]],
    ["a row of a child", "UPDATE awk.child SET c = 8", ["child"]],
    ["a row of a parent only", "UPDATE ONLY awk.parent SET b = 'q'", ["parent"]],
    [
      "a row in another partition",
      "UPDATE awk.parted SET a = 1 WHERE a = 2",
      ["parted_one", "parted_rest"],
    ],
    ["a row of a detached partition", "UPDATE awk.parted_was SET a = 4", ["parted_was"]],
    ["an unlogged row", "DELETE FROM awk.unlogged WHERE a = 1", ["unlogged"]],
    ["a byte of a large object", "SELECT lo_put(4003, 4999, 'y')", ["large objects"]],
    ["a byte in a hole", "SELECT lo_put(4004, 10, 'y')", ["large objects"]],
    ["a large object one zero longer", "SELECT lo_put(4001, 3, '\\x00')", ["large objects"]],
    ["an empty large object gone", "SELECT lo_unlink(4002)", ["large objects"]],
    ["a large object more", "SELECT lo_create(9)", ["large objects"]],
    [
      "contents of two large objects swapped",
      "SELECT lo_unlink(4001), lo_unlink(4005), lo_from_bytea(4005, 'one'), lo_put(lo_from_bytea(4001, 'zeros'), 100, '\\x0000')",
      ["large objects"],
    ],
  ])("notices %s", async (_what, sql, names) => {
    expect((await changedBy(sql)).toSorted()).toEqual(names);
  });

  it.each([
    ["NOT NULL", "ALTER TABLE awk.texts ALTER a DROP NOT NULL, ALTER e DROP NOT NULL"],
    ["the order of rows", "UPDATE awk.many SET v = v WHERE id < 100"],
    [
      "the order of columns",
      "ALTER TABLE awk.twice RENAME a TO was; ALTER TABLE awk.twice ADD a int; UPDATE awk.twice SET a = was; ALTER TABLE awk.twice DROP was CASCADE",
    ],
    ["a column that was dropped", "ALTER TABLE awk.other ADD c int; ALTER TABLE awk.other DROP c"],
    ["a hole of a large object filled with zeros", "SELECT lo_put(4004, 0, '\\x00')"],
    ["settings of the session", "SET LOCAL work_mem = '64kB'"],
  ])("does not mind %s", async (_what, sql) => {
    expect((await changedBy(sql)).filter((name) => name !== "seen")).toEqual([]);
  });

  it("is the same in one sum, in buckets and in ranges of blocks", async () => {
    const one = await fingerprints(FULL, 1);
    expect(await fingerprints(FULL, 256)).toEqual(one);
    const many = (await tasks()).find(({ table }) => table.name === "many");
    if (many === undefined) throw new Error("no table");
    // As if it were large: two ranges, of which the table fills only the first.
    const split = { ...many, shape: { ...many.shape, blocks: 10_000 } };
    const parts = must(await fingerprintTables([session], [split])).get(split) ?? new Map();
    const { rows, hashed, sumA, sumB } = totalOf(parts);
    expect(`${rows} ${hashed} ${sumA} ${sumB}`).toBe(one.get("many"));
  });

  it("of large objects is the same for one who may not read the catalogue of their pages", async () => {
    server.psql(
      "CREATE ROLE reader LOGIN PASSWORD 'pw'; GRANT SELECT ON LARGE OBJECT 4001, 4002, 4003, 4004, 4005 TO reader",
      "awkward",
    );
    const reader = await open({ user: "reader", password: "pw" });
    const seen = must(await readLargeObjects(reader, "full"));
    expect(seen).toEqual(must(await readLargeObjects(session, "full")));
    // Read in chunks of 262,144 bytes: ends of chunks and of pages, zeros, and holes of many chunks.
    const odd = [
      ...[262143, 262144, 262145, 2048, 524288].map(
        (size) => `decode(repeat('ab', ${size}), 'hex')`,
      ),
      ...[262144, 300000].map((size) => `decode(repeat('00', ${size}), 'hex')`),
      "decode('ab' || repeat('00', 600000) || 'ab', 'hex')",
    ];
    server.psql(
      `${odd.map((bytes, at) => `SELECT lo_from_bytea(${4101 + at}, ${bytes});`).join("\n")}
      SELECT lo_create(4100); SELECT lo_put(4100, 30000000, 'x');
      GRANT SELECT ON LARGE OBJECT 4100, ${odd.map((_, at) => 4101 + at).join()} TO reader`,
      "awkward",
    );
    const direct = must(await readLargeObjects(session, "full"));
    expect(must(await readLargeObjects(reader, "full"))).toEqual(direct);
    expect(direct.sums["4100"]?.split(" ")[1]).toBe("30000001");
    server.psql(
      "SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid BETWEEN 4100 AND 4200",
      "awkward",
    );
    server.psql("REVOKE SELECT ON LARGE OBJECT 4003 FROM reader", "awkward");
    expect(problemOf(await readLargeObjects(reader, "full")).message).toContain("4003");
    await reader.close();
  });

  it("is refused to a role that row security would hide rows from", async () => {
    server.psql(
      `CREATE ROLE half LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA awk TO half;
      GRANT SELECT ON awk.guarded TO half; CREATE POLICY few ON awk.guarded FOR SELECT USING (a > 1)`,
      "awkward",
    );
    const half = await open({ user: "half", password: "pw" });
    const all = await tasks(FULL, half);
    const problem = problemOf(
      await fingerprintTables(
        [half],
        all.filter(({ table }) => table.name === "guarded"),
      ),
    );
    expect(problem.message).toContain("awk.guarded");
    expect(problem.hint).toContain("BYPASSRLS");
    await half.close();
  });

  describe("of a sample", () => {
    const SAMPLED: Depth = { level: "sampled", sample: 10 };

    it("holds about its share of the rows, and counts all of them", async () => {
      const [rows, hashed] = (await fingerprints(SAMPLED)).get("many")?.split(" ") ?? [];
      expect(rows).toBe("5000");
      expect(Number(hashed)).toBeGreaterThan(400);
      expect(Number(hashed)).toBeLessThan(600);
    });

    it("is of the same rows whatever their other columns hold, and notices changes in those", async () => {
      const share = await changedBy("UPDATE awk.many SET v = 'other'", SAMPLED);
      expect(share).toEqual(["many"]);
      expect(await changedBy("DELETE FROM awk.many WHERE id = 1", SAMPLED)).toEqual(["many"]);
    });
  });

  it("of counts is the number of rows", async () => {
    const COUNTS: Depth = { level: "counts", sample: 10 };
    expect(await changedBy("UPDATE awk.many SET v = 'other'", COUNTS)).toEqual([]);
    expect(await changedBy("DELETE FROM awk.many WHERE id = 1", COUNTS)).toEqual(["many"]);
  });
});
