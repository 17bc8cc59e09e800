import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { sameFacts } from "../../../../source/postgres/proof/facts/same-facts.ts";
import type { FactsReading } from "../../../../source/postgres/proof/facts/types.ts";
import type { Session } from "../../../../source/postgres/session.ts";
import { postgres15Available } from "../../../helpers/postgres15.ts";
import { type Break, CODE_BREAKS, REST_BREAKS, TABLE_BREAKS } from "./breaks.ts";
import { type FactsLab, openFactsLab } from "./facts-lab.ts";
import { RICH_SCHEMA, ROLES } from "./rich-schema.ts";

describe.runIf(postgres15Available)("a restored database", () => {
  let lab: FactsLab;
  let primary: FactsReading;
  let restored: Session;

  beforeAll(async () => {
    lab = await openFactsLab();
    lab.server.psql(ROLES);
    lab.server.createDatabase("primary");
    lab.server.psql(RICH_SCHEMA, "primary");
    lab.restore("primary", "restored");
    for (const database of ["primary", "restored"]) {
      lab.server.psql(`ALTER DATABASE "${database}" SET app.token = 'hunter2 is secret'`);
    }
    primary = await lab.read("primary");
    restored = await lab.session("restored");
  });
  afterAll(() => lab.close());

  it("is equal when nothing happened to it", async () => {
    const observed = await lab.after(restored, "SELECT 1");
    expect(compareFacts(primary.facts, observed)).toEqual({ differences: [], warnings: [] });
    expect(sameFacts(observed, await lab.after(restored, "SELECT 1"))).toBe(true);
  });

  it("never shows a password or a secret setting", () => {
    expect(JSON.stringify(primary)).not.toContain("hunter2");
    expect(primary.facts["user mapping"]).toMatchObject({
      "facts_reader on far": expect.stringMatching(/password=#[0-9a-f]{6}, user=u/u),
    });
  });

  it.each<Break>([...TABLE_BREAKS, ...CODE_BREAKS, ...REST_BREAKS])(
    "shows $object after $sql",
    async ({ sql, object }) => {
      const observed = await lab.after(restored, sql);
      const { differences } = compareFacts(primary.facts, observed);
      expect(differences.map((one) => one.object)).toContain(object);
      expect(sameFacts(primary.facts, observed)).toBe(false);
    },
  );

  it("tells a lost table once, without its columns, keys, grants and comments", async () => {
    const sql = "DROP TABLE public.games CASCADE; DROP TABLE public.refers";
    const { differences } = compareFacts(primary.facts, await lab.after(restored, sql));
    expect(differences).toEqual([
      {
        object: "materialized view public.totals",
        expected: expect.stringContaining("count(*)"),
        observed: "missing",
      },
      {
        object: "table public.games",
        expected:
          "table owner postgres row security enabled row security forced replica identity full",
        observed: "missing",
      },
      { object: "table public.refers", expected: "table owner postgres", observed: "missing" },
    ]);
  });

  it("is equal when its database settings are read-only by the drill's own choice", async () => {
    lab.server.psql('ALTER DATABASE "primary" SET default_transaction_read_only = off');
    const { facts } = await lab.read("primary");
    lab.server.psql('ALTER DATABASE "primary" RESET default_transaction_read_only');
    const { differences, warnings } = compareFacts(facts, await lab.after(restored, "SELECT 1"));
    expect(differences).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("setting default_transaction_read_only")]);
  });
});
