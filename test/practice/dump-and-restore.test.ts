import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { plainRestore } from "../../source/practice/plain-restore.ts";
import type { PracticeServer } from "../../source/practice/server.ts";
import { wasmDump } from "../../source/practice/wasm-dump.ts";
import { contentOf, startForTest, withClient } from "./practice-server.ts";

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

let server: PracticeServer;
let directory: string;
let files = 0;

beforeAll(async () => {
  server = await startForTest();
  directory = mkdtempSync(join(tmpdir(), "practice-dump-"));
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const quiet = () => ({ signal: new AbortController().signal, progress: vi.fn(), warning: vi.fn() });

function newFile(): string {
  files += 1;
  return join(directory, `dump ${files}.sql`);
}

async function createDatabase(name: string): Promise<string> {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  await withClient(server, "ringrift", (client) =>
    client.query(`CREATE DATABASE ${quoted} TEMPLATE template0`),
  );
  return name;
}

async function dumpTo(file: string, database: string, snapshot?: string): Promise<void> {
  const request = { database, format: "plain", file } as const;
  const dumped = await wasmDump(
    server,
    snapshot === undefined ? request : { ...request, snapshot },
    quiet(),
  );
  if (!dumped.ok) throw new Error(dumped.problem.message);
}

const restore = (file: string, database: string) =>
  plainRestore(server, { database, format: "plain", file }, quiet());

const tablesOf = (database: string): Promise<number> =>
  withClient(server, database, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'",
    );
    return rows[0].n;
  });

describe("the built-in dump", () => {
  test("restores to the same content", async () => {
    const file = newFile();
    const io = quiet();
    const dumped = await wasmDump(server, { database: "ringrift", format: "plain", file }, io);
    expect(dumped).toMatchObject({
      ok: true,
      value: { exit: 0, tool: expect.stringContaining("pg_dump (PostgreSQL) 18") },
    });
    expect(io.progress).toHaveBeenCalled();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const database = await createDatabase("same_content");
    expect(await restore(file, database)).toMatchObject({
      ok: true,
      value: { exit: 0, stderr: [] },
    });
    expect(await contentOf(server, database)).toEqual(await contentOf(server, "ringrift"));
  });

  test("keeps hostile rows, names and functions to the byte", async () => {
    const source = await createDatabase(AWKWARD);
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
    const file = newFile();
    await dumpTo(file, source);
    const database = await createDatabase(`${AWKWARD} copy`);
    expect(await restore(file, database)).toMatchObject({ ok: true });
    expect(await read(source)).toHaveLength(HOSTILE.length);
    expect(await read(database)).toEqual(await read(source));
  });

  test("sees a snapshot while writes go on", async () => {
    const source = await createDatabase("moving");
    const file = newFile();
    await withClient(server, source, async (writer) => {
      await writer.query("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");
      await withClient(server, source, async (freezer) => {
        await freezer.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        const { rows } = await freezer.query("SELECT pg_export_snapshot() AS id");
        await writer.query("INSERT INTO t VALUES (5000)");
        await writer.query("DELETE FROM t WHERE n <= 10");
        await dumpTo(file, source, rows[0].id);
      });
    });
    const database = await createDatabase("moved");
    expect(await restore(file, database)).toMatchObject({ ok: true });
    const sums = await withClient(server, database, (client) =>
      client.query("SELECT count(*)::int AS rows, max(n) AS max FROM t"),
    );
    expect(sums.rows[0]).toEqual({ rows: 1000, max: 1000 });
  });

  test("never overwrites a file", async () => {
    const file = newFile();
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
    const file = newFile();
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
      { database: "ringrift", format: "custom", file: newFile() },
      quiet(),
    );
    expect(dumped).toMatchObject({
      ok: false,
      problem: { hint: expect.stringContaining("client tools") },
    });
  });

  test("a cancelled one leaves no file and no backend, even when it waits for a lock", async () => {
    const source = await createDatabase("locked");
    const file = newFile();
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
        await vi.waitFor(
          async () => expect((await watcher.query(waiting)).rows[0].n).toBe(1),
          20_000,
        );
        abort.abort();
        expect(await dumping).toMatchObject({ ok: false, problem: { code: "interrupted" } });
        await vi.waitFor(async () => expect((await dumpers(watcher)).rows[0]?.n).toBe(0), 20_000);
      });
    });
    expect(existsSync(file)).toBe(false);
  });
});

describe("the built-in restore keeps nothing of", () => {
  const GOOD_END = "--\n-- PostgreSQL database dump complete\n--\n";
  const START = "SET client_encoding = 'UTF8';\nCREATE TABLE a (n int);\n";

  const FAULTS: Readonly<
    Record<string, { readonly text: string | Buffer; readonly says: RegExp }>
  > = {
    "a file without its last words": { text: START, says: /dump complete/ },
    "a file with its last words in a row only": {
      text: `${START}INSERT INTO a VALUES ('\n-- PostgreSQL database dump complete\n');\n`,
      says: /dump complete/,
    },
    "a broken statement": {
      text: `${START}\nINSERT INTO a\nVALUES (1),\n(nonsense);\n${GOOD_END}`,
      says: /line 6.*nonsense/,
    },
    "a broken row": {
      text: `${START}INSERT INTO a VALUES ('x');\n${GOOD_END}`,
      says: /line 3.*invalid input/,
    },
    "a string that is cut": {
      text: `${START}INSERT INTO a VALUES ('x);\n${GOOD_END}`,
      says: /line 3.*never ends/,
    },
    "a psql command": {
      text: `${START}\\! touch /tmp/pwned\n${GOOD_END}`,
      says: /line 3.*psql command/,
    },
    "a connection elsewhere": {
      text: `${START}\\connect ringrift\n${GOOD_END}`,
      says: /line 3.*psql command/,
    },
    "a second restrict": {
      text: `\\restrict a\n\\restrict b\n${START}${GOOD_END}`,
      says: /line 2.*psql command/,
    },
    "rows as COPY data": {
      text: `${START}COPY a (n) FROM stdin;\n1\n\\.\n${GOOD_END}`,
      says: /line 3.*COPY/,
    },
    "an early COMMIT": {
      text: `${START}COMMIT;\nDROP TABLE b;\n${GOOD_END}`,
      says: /line 3.*transactions/,
    },
    "another encoding": { text: `SET client_encoding = 'LATIN1';\n${GOOD_END}`, says: /LATIN1/ },
    "bytes that are no text": {
      text: Buffer.concat([
        Buffer.from(START),
        Buffer.from([0x27, 0xff, 0xfe]),
        Buffer.from(`\n${GOOD_END}`),
      ]),
      says: /UTF-8/,
    },
    "a NUL byte": {
      text: `${START}INSERT INTO a VALUES (1\0);\n${GOOD_END}`,
      says: /NUL byte at line 3/,
    },
  };

  let database: string;
  beforeAll(async () => {
    database = await createDatabase("faulty");
  });

  test.each(Object.entries(FAULTS))("%s", async (_, { text, says }) => {
    const file = newFile();
    writeFileSync(file, text);
    const restored = await restore(file, database);
    expect(restored).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(says) },
    });
    expect(await tablesOf(database)).toBe(0);
  });

  test("a real dump cut at any of many places", async () => {
    const source = newFile();
    await dumpTo(source, "ringrift");
    const whole = readFileSync(source);
    for (const share of [0.02, 0.3, 0.9, 0.999]) {
      const file = newFile();
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
      expect(await restore(file, database)).toMatchObject({ ok: false });
    }
    expect(await tablesOf(database)).toBe(0);
  });

  test("one that is cancelled while a statement runs", async () => {
    const file = newFile();
    writeFileSync(file, `${START}SELECT pg_sleep(600);\n${GOOD_END}`);
    const abort = new AbortController();
    const restoring = plainRestore(
      server,
      { database, format: "plain", file },
      { ...quiet(), signal: abort.signal },
    );
    await withClient(server, database, (client) =>
      vi.waitFor(async () => {
        const { rows } = await client.query(
          "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid() AND state = 'active'",
        );
        expect(rows).toHaveLength(1);
      }, 20_000),
    );
    abort.abort();
    expect(await restoring).toMatchObject({ ok: false, problem: { code: "interrupted" } });
    expect(await tablesOf(database)).toBe(0);
  });
});
