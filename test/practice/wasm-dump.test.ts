import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PracticeServer } from "../../source/practice/server.ts";
import { wasmDump } from "../../source/practice/wasm-dump.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { contentOf, withClient } from "./practice-server.ts";
import { openWorkbench, quiet, type Workbench } from "./workbench.ts";

const AWKWARD = `x"; drop database y; -- 'it''s' \\`;
/** What a row may hold to trip a dump that is text. */
const HOSTILE = [
  "a;\nb",
  "it's",
  'say "hi"',
  "-- no comment",
  "$$ dollar $$ $body$",
  "C:\\path\\",
  "first\n\\restrict key\n\\unrestrict key\n\\! id\nlast",
  "\r\n\t\u0001 \u001b[31m",
  "💍 Zoë 环",
  "-- PostgreSQL database dump complete",
  "",
];

let bench: Workbench;
let server: PracticeServer;

beforeAll(async () => {
  bench = await openWorkbench();
  server = bench.server;
});

afterAll(() => bench.close());

describe("the built-in dump", () => {
  test("restores to the same content", async () => {
    const file = bench.newFile();
    const io = quiet();
    const dumped = await wasmDump(server, { database: "ringrift", format: "plain", file }, io);
    expect(dumped).toMatchObject({
      ok: true,
      value: { exit: 0, tool: expect.stringContaining("pg_dump (PostgreSQL) 18") },
    });
    expect(io.progress).toHaveBeenCalled();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const database = await bench.createDatabase("same_content");
    expect(await bench.restore(file, database)).toMatchObject({
      ok: true,
      value: { exit: 0, stderr: [] },
    });
    expect(await contentOf(server, database)).toEqual(await contentOf(server, "ringrift"));
  });

  test("keeps hostile rows, names and functions to the byte", async () => {
    const source = await bench.createDatabase(AWKWARD);
    const read = (database: string) =>
      withClient(server, database, async (client) => {
        const { rows } = await client.query(
          `SELECT "v;", array_agg(n ORDER BY n) AS n, "f;'$$"() AS f FROM "t'"";" GROUP BY 1 ORDER BY 1`,
        );
        return rows;
      });
    await withClient(server, source, async (client) => {
      await client.query(`CREATE TABLE "t'"";" (n int, "v;" text)`);
      await client.query(
        `INSERT INTO "t'"";" SELECT n, v FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n)`,
        [HOSTILE],
      );
      await client.query(
        `CREATE FUNCTION "f;'$$"() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN 'a;$$;'; END; $f$`,
      );
      await client.query(
        `CREATE FUNCTION atomic() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END`,
      );
    });
    const file = bench.newFile();
    await bench.dumpTo(file, source);
    const database = await bench.createDatabase(`${AWKWARD} copy`);
    expect(await bench.restore(file, database)).toMatchObject({ ok: true });
    expect(await read(source)).toHaveLength(HOSTILE.length);
    expect(await read(database)).toEqual(await read(source));
  });

  test("sees a snapshot while writes go on", async () => {
    const source = await bench.createDatabase("moving");
    const file = bench.newFile();
    await withClient(server, source, async (writer) => {
      await writer.query("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");
      await withClient(server, source, async (freezer) => {
        await freezer.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        const { rows } = await freezer.query("SELECT pg_export_snapshot() AS id");
        await writer.query("INSERT INTO t VALUES (5000)");
        await writer.query("DELETE FROM t WHERE n <= 10");
        await bench.dumpTo(file, source, rows[0].id);
      });
    });
    const database = await bench.createDatabase("moved");
    expect(await bench.restore(file, database)).toMatchObject({ ok: true });
    const sums = await withClient(server, database, (client) =>
      client.query("SELECT count(*)::int AS rows, max(n) AS max FROM t"),
    );
    expect(sums.rows[0]).toEqual({ rows: 1000, max: 1000 });
  });

  test("never overwrites a file", async () => {
    const file = bench.newFile();
    writeFileSync(file, "precious");
    const dumped = await wasmDump(server, { database: "ringrift", format: "plain", file }, quiet());
    expect(dumped).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("exist") },
    });
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  test.each([
    ["a snapshot that is gone", { database: "ringrift", snapshot: "00000003-0000001B-1" }],
    ["a database that is not there", { database: "nowhere" }],
  ])("%s fails with pg_dump's reason and leaves no file", async (_, part) => {
    const file = bench.newFile();
    const dumped = await wasmDump(server, { format: "plain", file, ...part }, quiet());
    expect(dumped).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(/snapshot|does not exist/) },
    });
    expect(JSON.stringify(dumped)).not.toContain(server.password);
    expect(existsSync(file)).toBe(false);
  });

  test("says what the other formats need", async () => {
    const dumped = await wasmDump(
      server,
      { database: "ringrift", format: "custom", file: bench.newFile() },
      quiet(),
    );
    expect(dumped).toMatchObject({
      ok: false,
      problem: { hint: expect.stringContaining("client tools") },
    });
  });

  test("refuses a database that would not fit into memory", async () => {
    const file = bench.newFile();
    const request = { database: "ringrift", format: "plain", file } as const;
    const dumped = await wasmDump(server, request, { ...quiet(), limitBytes: 1024 * 1024 });
    expect(dumped).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(/is \d+ MiB.*stops at 1 MiB/) },
    });
    expect(existsSync(file)).toBe(false);
  });

  test("a cancelled one leaves no file and no backend, even when it waits for a lock", async () => {
    const source = await bench.createDatabase("locked");
    const file = bench.newFile();
    const abort = new AbortController();
    const dumpers = (client: { query(sql: string): Promise<{ rows: { n: number }[] }> }) =>
      client.query(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'restore-drill pg_dump' AND datname = current_database()",
      );
    await withClient(server, source, async (client) => {
      await client.query("CREATE TABLE t (n int)");
      await client.query("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
      const dumping = wasmDump(
        server,
        { database: source, format: "plain", file },
        { ...quiet(), signal: abort.signal },
      );
      await withClient(server, source, async (watcher) => {
        const waiting = "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted";
        await waitFor(async () => expect((await watcher.query(waiting)).rows[0].n).toBe(1));
        abort.abort();
        expect(await dumping).toMatchObject({ ok: false, problem: { code: "interrupted" } });
        await waitFor(async () => expect((await dumpers(watcher)).rows[0]?.n).toBe(0));
      });
    });
    expect(existsSync(file)).toBe(false);
  });
});
