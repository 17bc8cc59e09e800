import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainRestore } from "../../source/practice/plain-restore.ts";
import type { PracticeServer } from "../../source/practice/server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { withClient } from "./practice-server.ts";
import { openWorkbench, quiet, type Workbench } from "./workbench.ts";

let bench: Workbench;
let server: PracticeServer;

beforeAll(async () => {
  bench = await openWorkbench();
  server = bench.server;
});

afterAll(() => bench.close());

const tablesOf = (database: string): Promise<number> =>
  withClient(server, database, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'",
    );
    return rows[0].n;
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
    database = await bench.createDatabase("faulty");
  });

  test.each(Object.entries(FAULTS))("%s", async (_, { text, says }) => {
    const file = bench.newFile();
    writeFileSync(file, text);
    const restored = await bench.restore(file, database);
    expect(restored).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(says) },
    });
    expect(await tablesOf(database)).toBe(0);
  });

  test("a real dump cut at any of many places", async () => {
    const source = bench.newFile();
    await bench.dumpTo(source, "ringrift");
    const whole = readFileSync(source);
    for (const share of [0.02, 0.3, 0.9, 0.999]) {
      const file = bench.newFile();
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
      expect(await bench.restore(file, database)).toMatchObject({ ok: false });
    }
    expect(await tablesOf(database)).toBe(0);
  });

  test("one that is cancelled while a statement runs", async () => {
    const file = bench.newFile();
    writeFileSync(file, `${START}SELECT pg_sleep(600);\n${GOOD_END}`);
    const abort = new AbortController();
    const restoring = plainRestore(
      server,
      { database, format: "plain", file },
      { ...quiet(), signal: abort.signal },
    );
    await withClient(server, database, (client) =>
      waitFor(async () => {
        const { rows } = await client.query(
          "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid() AND state = 'active'",
        );
        expect(rows).toHaveLength(1);
      }),
    );
    abort.abort();
    expect(await restoring).toMatchObject({ ok: false, problem: { code: "interrupted" } });
    expect(await tablesOf(database)).toBe(0);
  });
});
