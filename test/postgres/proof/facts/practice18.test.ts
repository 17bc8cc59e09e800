import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOverStatements } from "../../../../source/postgres/carry-over.ts";
import { openSession } from "../../../../source/postgres/connect.ts";
import { readDatabaseFacts } from "../../../../source/postgres/database-facts.ts";
import { commentStatement } from "../../../../source/postgres/drop-database.ts";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { readFacts } from "../../../../source/postgres/proof/facts/read-facts.ts";
import type { Facts } from "../../../../source/postgres/proof/facts/types.ts";
import { must } from "../../../helpers/results.ts";
import { withClient } from "../../../practice/practice-server.ts";
import { openWorkbench, type Workbench } from "../../../practice/workbench.ts";

/** What only newer servers have, made by a user who is no superuser. */
const NEWER = `
CREATE SCHEMA newer;
CREATE TABLE newer.t (
  id int CONSTRAINT named NOT NULL,
  at daterange,
  later int,
  double int GENERATED ALWAYS AS (id * 2) VIRTUAL,
  CONSTRAINT apart UNIQUE (id, at WITHOUT OVERLAPS)
);
ALTER TABLE newer.t ADD CONSTRAINT small CHECK (id < 10) NOT ENFORCED,
  ADD CONSTRAINT later_set NOT NULL later NOT VALID;
CREATE TABLE newer.u (LIKE newer.t INCLUDING ALL);
COMMENT ON CONSTRAINT named ON newer.t IS 'never null';
CREATE VIEW newer.v WITH (security_invoker = true) AS SELECT id FROM newer.t;
CREATE COLLATION newer.plain (provider = builtin, locale = 'C.UTF-8');
CREATE STATISTICS newer.s ON (id + 1) FROM newer.t;
CREATE PUBLICATION generated FOR TABLE newer.t WITH (publish_generated_columns = stored);
GRANT MAINTAIN ON newer.t TO PUBLIC;
`;

describe("definitions on PostgreSQL 18, read by a user who is no superuser", () => {
  let bench: Workbench;
  let primary: Facts;

  beforeAll(async () => {
    bench = await openWorkbench();
    await withClient(bench.server, "ringrift", (client) =>
      client.query("CREATE EXTENSION btree_gist"),
    );
    await withClient(bench.server, "ringrift", (client) => client.query(NEWER));
    const file = bench.newFile();
    await bench.dumpTo(file, "ringrift");
    await bench.createDatabase("restored");
    must(await bench.restore(file, "restored"));
    await carryOver();
    primary = await read("ringrift");
  });
  afterAll(() => bench.close());

  /** What the drill does beside the restore. */
  async function carryOver(): Promise<void> {
    const options = { database: "ringrift", role: "restore", purpose: "facts" } as const;
    const session = must(await openSession(bench.server, options));
    const facts = must(await readDatabaseFacts(session, "ringrift"));
    if (facts === undefined) throw new Error("no such database");
    const statements = must(await carryOverStatements(session, facts, "restored"));
    const comment = commentStatement("restored", facts.comment ?? "");
    for (const sql of [comment, ...statements.map(({ statement }) => statement)]) {
      must(await session.query(sql));
    }
    await session.close();
  }

  async function read(database: string, sql?: string): Promise<Facts> {
    const options = { database, role: "restore", purpose: "facts" } as const;
    const session = must(await openSession(bench.server, options));
    try {
      must(await session.query("BEGIN"));
      if (sql !== undefined) must(await session.query(sql));
      return must(await readFacts(session, { serverVersion: 180_000 })).facts;
    } finally {
      await session.close();
    }
  }

  it("are equal after a healthy restore", async () => {
    expect(compareFacts(primary, await read("restored"))).toEqual({
      differences: [],
      warnings: [],
    });
    expect(primary["read by"]?.superuser).toBe("no");
  });

  it.each([
    ["ALTER TABLE newer.t DROP double", "column newer.t.double"],
    ["ALTER TABLE newer.t ALTER id DROP NOT NULL", "column newer.t.id"],
    ["ALTER TABLE newer.t VALIDATE CONSTRAINT later_set", "column newer.t.later"],
    ["ALTER TABLE newer.t DROP CONSTRAINT apart", "constraint apart on newer.t"],
    [
      "ALTER TABLE newer.t DROP CONSTRAINT small, ADD CONSTRAINT small CHECK (id < 10)",
      "constraint small on newer.t",
    ],
    ["ALTER VIEW newer.v RESET (security_invoker)", "view newer.v"],
    ["DROP COLLATION newer.plain", "collation newer.plain"],
    ["DROP STATISTICS newer.s", "statistics object newer.s"],
    ["ALTER PUBLICATION generated SET (publish_generated_columns = none)", "publication generated"],
    ["REVOKE MAINTAIN ON newer.t FROM PUBLIC", "grants table newer.t"],
    ["COMMENT ON CONSTRAINT named ON newer.t IS NULL", "comment table constraint named on newer.t"],
    ['DROP INDEX "sessions_userId_idx"', 'index public."sessions_userId_idx"'],
  ])("show %s", async (sql, object) => {
    const { differences } = compareFacts(primary, await read("restored", sql));
    expect(differences.map((one) => one.object)).toContain(object);
  });
});
