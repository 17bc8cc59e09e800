import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ManifestTable } from "../../../source/postgres/manifest.ts";
import { listTables } from "../../../source/postgres/proof/catalogue.ts";
import type { EarlyRows } from "../../../source/postgres/proof/early-rows.ts";
import { readEarly } from "../../../source/postgres/proof/read-early.ts";
import { readTables } from "../../../source/postgres/proof/read-tables.ts";
import { keyOf } from "../../../source/postgres/proof/sequences.ts";
import { beginComparing } from "../../../source/postgres/proof/settings.ts";
import { readShapes } from "../../../source/postgres/proof/shapes.ts";
import { openPlace, type Place } from "../../actions/postgres/support.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must } from "../../helpers/results.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const database = "restored";
const TABLE = `CREATE TABLE many (id int PRIMARY KEY, was text, word text NOT NULL, state state DEFAULT 'new');
  INSERT INTO many SELECT i, 'was ' || i, repeat('word ' || i, 20) FROM generate_series(1, 50000) i`;
const TYPE = "DROP TYPE IF EXISTS state; CREATE TYPE state AS ENUM ('new', 'over')";

describe.runIf(postgres15Available)("rows that were read before the proof", () => {
  let server: Postgres15;
  let place: Place;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    const owner = server.createRole("drill", "pass", "CREATEDB");
    server.createDatabase("primary", owner.user);
    server.createDatabase(database, owner.user);
    place = await openPlace(server, { ...server.connection, ...server.superuser }, "primary");
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });
  beforeEach(() => {
    server.psql(`DROP TABLE IF EXISTS many; ${TYPE}; ${TABLE}`, database);
  });

  /** The table as the proof reads it. */
  async function proven(early?: EarlyRows): Promise<ManifestTable> {
    const options = { database, role: "restore", purpose: "test" } as const;
    const session = must(await place.target.connect(options));
    try {
      must(await beginComparing(session));
      const tables = must(await listTables(session));
      const oids = tables.map(({ oid }) => oid);
      const [table] = must(
        await readTables([session], {
          tables,
          shapes: must(await readShapes(session, oids)),
          depth: { level: "full", sample: 10 },
          buckets: new Map(tables.map((table) => [keyOf(table), 64])),
          onRows: () => {},
          ...(early === undefined ? {} : { early }),
        }),
      );
      if (table === undefined) throw new Error("no table");
      return table;
    } finally {
      await session.close();
    }
  }

  function reader(tables: ManifestTable[], workers = 1) {
    const notes: string[] = [];
    const { signal } = new AbortController();
    const note = (text: string) => void notes.push(text);
    const manifest = { format: 3, level: "full", tables } as const;
    return { notes, ...readEarly(place.target, { database, manifest, signal, workers, note }) };
  }

  async function readNow(): Promise<EarlyRows> {
    const early = reader([await proven()]);
    await waitFor(() => expect(early.notes).toHaveLength(1));
    return early.stop();
  }

  /** Other sums of as many rows, to tell whether they are relied on. */
  function altered(early: EarlyRows): EarlyRows {
    const one = [...early].map(([oid, table]) => {
      const pieces = table.pieces.map((piece) => {
        const sums = [...piece.sums].map(
          ([bucket, sum]) => [bucket, { ...sum, sumA: sum.sumA + 1n }] as const,
        );
        return { ...piece, sums: new Map(sums) };
      });
      return [oid, { ...table, pieces }] as const;
    });
    return new Map(one);
  }

  it("are relied on where nothing changed, and equal those of the proof", async () => {
    const early = await readNow();
    const real = await proven();
    expect(await proven(early)).toEqual(real);
    expect((await proven(altered(early))).fingerprint?.sumA).not.toBe(real.fingerprint?.sumA);
  });

  it.each([
    ["a row was changed", "UPDATE many SET was = 'other' WHERE id = 40000"],
    [
      "a row took another's place",
      "DELETE FROM many WHERE id = 7; INSERT INTO many VALUES (0, '', '')",
    ],
    ["a row is gone", "DELETE FROM many WHERE id = 7"],
    ["a row came", "INSERT INTO many VALUES (0, '', '')"],
    ["a column was dropped and made anew", "ALTER TABLE many DROP was, ADD was text"],
    ["the table was written anew", "VACUUM FULL many"],
    ["a value of an enum has another name", "ALTER TYPE state RENAME VALUE 'new' TO 'fresh'"],
    [
      "a value of an enum had another name",
      "ALTER TYPE state RENAME VALUE 'new' TO 'fresh'; ALTER TYPE state RENAME VALUE 'fresh' TO 'new'",
    ],
    ["it is another table", `DROP TABLE many; ${TABLE}`],
  ])("are read again where %s", async (_what, sql) => {
    const early = altered(await readNow());
    server.psql(sql, database);
    expect(await proven(early)).toEqual(await proven());
  });

  it("are read again where they may be of a transaction that was not over", async () => {
    const options = { database, role: "restore", purpose: "writer" } as const;
    const older = must(await place.target.connect(options));
    must(await older.query("BEGIN"));
    must(await older.query("CREATE TABLE other (a int)"));
    server.psql("INSERT INTO many VALUES (0, '', '')", database);
    const early = altered(await readNow());
    must(await older.query("ROLLBACK"));
    await older.close();
    expect(early.size).toBe(1);
    expect(await proven(early)).toEqual(await proven());
  });

  it("are not read while the restore needs its workers, nor before the key is there", async () => {
    const tables = [await proven()];
    const busy = reader(tables, 0);
    server.psql("ALTER TABLE many DROP CONSTRAINT many_pkey", database);
    const keyless = reader(tables);
    await waitFor(() =>
      expect(
        server.psql(
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%AS workers FROM%' AND state = 'idle' AND application_name LIKE '%reading early'",
        ),
      ).not.toBe("0"),
    );
    expect([...(await busy.stop()), ...(await keyless.stop())]).toEqual([]);
    expect([...busy.notes, ...keyless.notes]).toEqual([]);
  });
});
