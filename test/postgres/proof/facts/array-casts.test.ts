import { describe, expect, it } from "vitest";
import { spreadArrayCasts } from "../../../../source/postgres/proof/facts/array-casts.ts";

describe("the two ways a server prints x IN (...)", () => {
  it.each([
    [
      "of a varchar",
      "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
      "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
    ],
    [
      "with quotes, commas and brackets in the values",
      `((ARRAY['it''s, ]'::character varying, E'\\\\'']'::character varying])::text[])`,
      `(ARRAY[('it''s, ]'::character varying)::text, (E'\\\\'']'::character varying)::text])`,
    ],
    [
      "with calls inside",
      "(ARRAY[f(a, b), (g(ARRAY[1, 2]))[1]])::numeric(10,2)[]",
      "ARRAY[(f(a, b))::numeric(10,2), ((g(ARRAY[1, 2]))[1])::numeric(10,2)]",
    ],
    [
      "of a type with an odd name",
      '(ARRAY[x])::app."odd ""type"""[]',
      'ARRAY[(x)::app."odd ""type"""]',
    ],
    [
      "one inside another",
      "(ARRAY[((ARRAY['a'::character varying])::text[])[1]])::text[]",
      "ARRAY[((ARRAY[('a'::character varying)::text])[1])::text]",
    ],
  ])("are one: %s", (_what, before, after) => {
    expect(spreadArrayCasts(before)).toBe(after);
    expect(spreadArrayCasts(after)).toBe(after);
  });

  it.each([
    ["a list without a cast", "x = ANY (ARRAY[1, 2])"],
    ["text inside quotes", "SELECT '(ARRAY[1])::text[]'::text"],
    ["a function's body", "AS $function$ SELECT (ARRAY[1])::text[] $function$"],
    ["a cast to no array", "((ARRAY[1, 2])::text)"],
    ["a list that does not end", "(ARRAY['a"],
  ])("leave %s alone", (_what, text) => {
    expect(spreadArrayCasts(text)).toBe(text);
  });

  it("stay apart when a value differs", () => {
    expect(spreadArrayCasts("(ARRAY['a'::character varying])::text[]")).not.toBe(
      spreadArrayCasts("(ARRAY['b'::character varying])::text[]"),
    );
  });
});
