import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../../../source/postgres/connect.ts";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { readFacts } from "../../../../source/postgres/proof/facts/read-facts.ts";
import { postgres15Available } from "../../../helpers/postgres15.ts";
import { must } from "../../../helpers/results.ts";
import { type FactsLab, openFactsLab } from "./facts-lab.ts";
import { RICH_SCHEMA, ROLES } from "./rich-schema.ts";

describe.runIf(postgres15Available)("reading definitions", () => {
  let lab: FactsLab;

  beforeAll(async () => {
    lab = await openFactsLab();
    lab.server.psql(ROLES);
    lab.server.createDatabase("rich");
    lab.server.psql(RICH_SCHEMA, "rich");
  });
  afterAll(() => lab.close());

  it("needs no rights at all, and says what it could not see", async () => {
    const bare = lab.server.createRole("bare", "secret");
    lab.server.psql("REVOKE ALL ON SCHEMA public, app FROM PUBLIC", "rich");
    const options = { database: "rich", role: "primary", purpose: "facts" } as const;
    const session = must(await openSession(bare, options));
    const seen = must(await readFacts(session, { serverVersion: 150_000 }));
    await session.close();
    const all = await lab.read("rich");
    expect(seen.uncovered).toContain(
      "options of user mappings that this user may not read: facts_reader on far",
    );
    expect(compareFacts(all.facts, seen.facts).differences).toEqual([
      {
        object: "user mapping facts_reader on far",
        expected: expect.stringContaining("password=#"),
        observed: "no options",
      },
    ]);
  });

  it("does not depend on the settings of the session, the user or the database", async () => {
    const session = await lab.session("rich");
    const before = must(await readFacts(session, { serverVersion: 150_000 }));
    must(
      await session.query(
        `SET search_path = app, public; SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German';
         SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -5; SET bytea_output = 'escape';
         SET quote_all_identifiers = on; SET standard_conforming_strings = off`,
      ),
    );
    expect(must(await readFacts(session, { serverVersion: 150_000 }))).toEqual(before);
  });

  it("leaves out what only one session sees", async () => {
    const session = await lab.session("rich");
    const before = must(await readFacts(session, { serverVersion: 150_000 }));
    must(
      await session.query(
        `CREATE TEMP TABLE passing (id serial PRIMARY KEY, t text); CREATE TEMP VIEW w AS SELECT 1 AS one;
         GRANT SELECT ON passing TO PUBLIC; GRANT SELECT (id) ON passing TO PUBLIC;
         COMMENT ON TABLE passing IS 'x'; COMMENT ON COLUMN passing.id IS 'y';
         CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
         REVOKE ALL ON FUNCTION pg_temp.f() FROM PUBLIC; COMMENT ON FUNCTION pg_temp.f() IS 'z';
         CREATE TYPE pg_temp.e AS ENUM ('a'); CREATE STATISTICS pg_temp.s ON id, t FROM passing;
         COMMENT ON CONSTRAINT passing_pkey ON passing IS 'key'`,
      ),
    );
    expect(must(await readFacts(session, { serverVersion: 150_000 }))).toEqual(before);
  });

  it("notices one owner among very many large objects", async () => {
    lab.server.createDatabase("blobs");
    lab.server.psql("SELECT lo_create(20000 + n) FROM generate_series(1, 10001) n", "blobs");
    const session = await lab.session("blobs");
    const before = await lab.after(session, "SELECT 1");
    const observed = await lab.after(session, "ALTER LARGE OBJECT 20007 OWNER TO facts_owner");
    expect(compareFacts(before, observed).differences.map(({ object }) => object)).toEqual([
      "large objects owner postgres",
      "large objects owner facts_owner",
    ]);
  });
});
