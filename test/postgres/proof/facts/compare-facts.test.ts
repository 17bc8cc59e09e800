import { describe, expect, it } from "vitest";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { displayIdentity } from "../../../../source/postgres/proof/facts/identity.ts";
import { changedFacts } from "../../../../source/postgres/proof/facts/same-facts.ts";
import type { Facts } from "../../../../source/postgres/proof/facts/types.ts";

const differencesOf = (expected: Facts, observed: Facts) =>
  compareFacts(expected, observed).differences;

describe("two definitions", () => {
  it("are shown around what differs, on one line", () => {
    const body = (word: string) => `CHECK\n  ${"x ".repeat(500)}${word}${" y".repeat(500)}`;
    const [difference] = differencesOf(
      { constraint: { "c on public.t": body("RETURN") } },
      { constraint: { "c on public.t": body("REVERT") } },
    );
    expect(difference?.expected).toMatch(/^….*x x RETURN y y.*…$/u);
    expect(difference?.observed).toMatch(/^….*x x REVERT y y.*…$/u);
    expect(difference?.expected.length).toBeLessThan(320);
  });

  const code = (line: string, ...more: readonly string[]) =>
    ["CREATE FUNCTION public.f()", "\tDECLARE n integer;", "BEGIN", "a := 1;", "b := 2;"]
      .concat(line, "c := 3;", "d := 4;", "e := 5;", "\u001b[2J := 6;", more, "END")
      .join("\n");
  const clipped = (before: string, after: string) => {
    const [one] = differencesOf(
      { function: { "public.f()": before } },
      { function: { "public.f()": after } },
    );
    return [one?.expected, one?.observed];
  };

  it("of code are shown in their lines, around what differs", () => {
    expect(clipped(code("RETURN 1;"), code("RETURN 2;"))).toEqual(
      ["RETURN 1;", "RETURN 2;"].map((line) =>
        ["…", "BEGIN", "a := 1;", "b := 2;", line, "c := 3;", "d := 4;", "e := 5;", "…"].join("\n"),
      ),
    );
    expect(clipped(code("x"), code("x", "f := 7;"))).toEqual([
      "…\nd := 4;\ne := 5;\n\\u001b[2J := 6;\nEND",
      "…\nd := 4;\ne := 5;\n\\u001b[2J := 6;\nf := 7;\nEND",
    ]);
  });

  it("of code are clipped, however long the lines are and many of them differ", () => {
    const long = (word: string) => code(`${"x ".repeat(5000)}${word}${" y".repeat(5000)}`);
    const [before = "", after = ""] = clipped(long("RETURN"), long("REVERT"));
    expect(before).toMatch(/^….* x RETURN y .*…$/mu);
    expect(after).toMatch(/^….* x REVERT y .*…$/mu);
    expect(Math.max(before.length, after.length)).toBeLessThan(1000);
    const many = (word: string) => code("", ...Array.from({ length: 900 }, (_, at) => word + at));
    expect(clipped(many("a"), many("b"))[0]?.length).toBeLessThan(1000);
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
