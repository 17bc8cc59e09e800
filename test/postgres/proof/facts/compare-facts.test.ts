import { describe, expect, it } from "vitest";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { displayIdentity } from "../../../../source/postgres/proof/facts/identity.ts";
import { changedFacts } from "../../../../source/postgres/proof/facts/same-facts.ts";
import type { Facts } from "../../../../source/postgres/proof/facts/types.ts";

const differencesOf = (expected: Facts, observed: Facts) =>
  compareFacts(expected, observed).differences;

describe("two definitions", () => {
  it("are shown around what differs, on one line", () => {
    const body = (word: string) =>
      `CREATE FUNCTION\n  ${"x ".repeat(500)}${word}${" y".repeat(500)}`;
    const [difference] = differencesOf(
      { function: { "public.f()": body("RETURN") } },
      { function: { "public.f()": body("REVERT") } },
    );
    expect(difference?.expected).toMatch(/^….*x x RETURN y y.*…$/u);
    expect(difference?.observed).toMatch(/^….*x x REVERT y y.*…$/u);
    expect(difference?.expected.length).toBeLessThan(320);
  });

  it("are shown with their white space when nothing else differs", () => {
    expect(
      differencesOf({ comment: { "table t": "a\n b" } }, { comment: { "table t": "a b" } }),
    ).toEqual([{ object: "comment table t", expected: "a\\n b", observed: "a b" }]);
  });

  it("cannot act on a terminal", () => {
    const [difference] = differencesOf({ comment: { "table t": "\u001b[2J" } }, {});
    expect(difference).toMatchObject({ expected: "\\u001b[2J", observed: "missing" });
  });

  it("of an unexpected object say so", () => {
    expect(differencesOf({}, { index: { "public.x": "CREATE INDEX x" } })).toEqual([
      { object: "index public.x", expected: "no such index", observed: "CREATE INDEX x" },
    ]);
  });

  it("may both be empty texts", () => {
    expect(differencesOf({ comment: { "table t": "" } }, { comment: { "table t": "x" } })).toEqual([
      { object: "comment table t", expected: "empty", observed: "x" },
    ]);
  });
});

describe("a table that became a view", () => {
  it("is told with its columns", () => {
    const columns = { "public.t.id": "integer" };
    const before = { table: { "public.t": "table" }, column: columns };
    const after = { view: { "public.t": "SELECT 1" }, column: { "public.t.id": "bigint" } };
    expect(differencesOf(before, after).map(({ object }) => object)).toEqual([
      "table public.t",
      "column public.t.id",
      "view public.t",
    ]);
  });
});

describe("a loss that is only worth a warning", () => {
  it("does not hide another loss of the same table", () => {
    const index = "CREATE INDEX x ON public.t USING btree (id)";
    const lost = differencesOf(
      {
        "disabled foreign-key triggers": { "public.t": "fk disabled" },
        "column order": { "public.t": "id, gone" },
        index: { "public.x": index, "public.y": `${index}\ninvalid` },
        column: { "public.t.gone": "integer" },
        comment: { "table public.t": "text", "index public.y": "goes with it" },
      },
      {},
    );
    expect(lost.map(({ object }) => object)).toEqual([
      "index public.x",
      "column public.t.gone",
      "comment table public.t",
    ]);
  });
});

describe("the restore of a user without all rights", () => {
  const read = { "read by": { user: "drill", superuser: "no", server: "15.1" } };

  it("is not blamed for an owner it may not give", () => {
    const { differences, warnings } = compareFacts(
      { ...read, database: { owner: "boss" }, setting: { "work_mem of role boss": "4MB" } },
      { ...read, database: { owner: "drill" } },
    );
    expect(differences).toEqual([]);
    expect(warnings).toHaveLength(2);
  });

  it("still answers for encoding, grants and settings", () => {
    const expected = { ...read, database: { encoding: "UTF8", grants: "a" }, setting: { x: "1" } };
    const observed = { ...read, database: { encoding: "SQL_ASCII", grants: "b" } };
    expect(differencesOf(expected, observed).map(({ object }) => object)).toEqual([
      "database encoding",
      "database grants",
      "setting x",
    ]);
  });
});

describe("names of objects", () => {
  it.each([
    ['public."user"', "public.user"],
    ['"Odd ""one""".t', '"Odd \\"one\\"".t'],
    ['p."a\nb"', 'p."a\\nb"'],
    ["__proto__", "__proto__"],
    ['"a.b".c', '"a.b".c'],
  ])("are stable: %s", (identity, shown) => {
    expect(displayIdentity(identity)).toBe(shown);
  });
});

describe("two readings of the primary", () => {
  it("name what came, went and changed between them", () => {
    const before = { index: { a: "1", b: "2" }, view: { v: "x" } };
    const after = { index: { b: "3", c: "4" } };
    expect(changedFacts(before, after)).toEqual(["index a", "index b", "index c", "view v"]);
    expect(changedFacts(before, before)).toEqual([]);
  });
});
