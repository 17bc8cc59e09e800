import { describe, expect, it } from "vitest";
import { textDiff } from "../../source/drill/text-diff.ts";

/** Changed pieces in brackets. */
function shown(expected: string, observed: string): readonly string[] | undefined {
  return textDiff(expected, observed)?.map(
    ({ sign, pieces }) =>
      sign + pieces.map(({ text, changed }) => (changed ? `[${text}]` : text)).join(""),
  );
}

const INDEX = "CREATE INDEX games_x ON public.games USING btree (status)";

describe("two definitions of one line", () => {
  it("are told by the words that differ", () => {
    expect(shown(INDEX, INDEX.replace("status", "state"))).toEqual([
      "-CREATE INDEX games_x ON public.games USING btree ([status])",
      "+CREATE INDEX games_x ON public.games USING btree ([state])",
    ]);
  });

  it("may only have more or fewer words", () => {
    expect(shown(INDEX, `${INDEX} WHERE (id > 7)`)).toEqual([
      "-CREATE INDEX games_x ON public.games USING btree (status)",
      "+CREATE INDEX games_x ON public.games USING btree (status) [WHERE (id > 7)]",
    ]);
  });

  it("are cut around what only one of them has", () => {
    const long = INDEX.replace("status", `${"a_long_column, ".repeat(20)}status`);
    expect(shown(`${long} WHERE (id > 7)`, long)).toEqual([
      "-… a_long_column, a_long_column, status) [WHERE (id > 7)]",
      "+… a_long_column, a_long_column, status)",
    ]);
  });

  it("keep what is between two changes in reach", () => {
    const body = (a: string, b: string) =>
      `SELECT ${a}, ${"one, ".repeat(60)}${b} FROM public.games`;
    const [removed = ""] = shown(body("first", "last"), body("other", "end")) ?? [];
    expect(removed).toMatch(/^-SELECT \[first\], one, .* … one, .*, \[last \]FROM public\.games$/u);
    expect(removed.length).toBeLessThan(150);
  });
});

describe("two definitions of several lines", () => {
  const body = (line: string, ...more: readonly string[]) =>
    ["CREATE FUNCTION f()", " a;", " b;", " c;", line, " d;", " e;", " g;", "END", ...more].join(
      "\n",
    );

  it("are told by lines, with two around, and words inside", () => {
    expect(shown(body("  RETURN old + 1;"), body("  RETURN old + 2;"))).toEqual([
      " …",
      "  b;",
      "  c;",
      "-  RETURN old + [1];",
      "+  RETURN old + [2];",
      "  d;",
      "  e;",
      " …",
    ]);
  });

  it("tell lines that came or went", () => {
    expect(shown(body("  x;"), body("  x;", "  LATER;"))).toEqual([
      " …",
      "  g;",
      " END",
      "+[  LATER;]",
    ]);
  });
});

describe("no diff is made", () => {
  it.each([
    ["of short values", "2,000 rows", "1,999 rows (1 missing)"],
    ["of a definition that is missing", INDEX, "missing"],
    ["of equal texts", INDEX, INDEX],
    ["of texts with little in common", INDEX, "SELECT game, count(*) FROM public.moves GROUP BY 1"],
    [
      "of lines with nothing in common",
      "one line\nand another one of it",
      "some others\nthat are here now",
    ],
    [
      "of sums in words",
      "2 rows, sums …12345678/…87654321",
      "as many rows, other contents: sums …11111111/…22222222 (in 1 of 64 groups of rows)",
    ],
  ])("%s", (_what, expected, observed) => {
    expect(textDiff(expected, observed)).toBeUndefined();
  });
});

it("is bounded: a huge body is compared at its ends only", () => {
  const words = (from: number) =>
    Array.from({ length: 50_000 }, (_, at) => `w${(at * 7 + from) % 50_021}`).join(" ");
  expect(textDiff(`SELECT ${words(1)} END`, `SELECT ${words(2)} END`)).toBeUndefined();
  const lines = (from: number) => words(from).replaceAll(" ", "\n");
  const diff = textDiff(`SELECT\n${lines(1)}\nEND`, `SELECT\n${lines(2)}\nEND`) ?? [];
  expect(diff).toHaveLength(100_002);
});
