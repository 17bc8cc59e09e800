import { expect, test } from "vitest";
import { canonicalHash, canonicalJson } from "../../source/log/canonical.ts";

test("the example of RFC 8785, section 3.2.2", () => {
  const value = {
    numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f",
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test("keys are sorted by UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
  const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
  const value = Object.fromEntries(keys.map((key) => [key, 0]));
  const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
  expect(Object.keys(JSON.parse(canonicalJson(value)))).toEqual(
    // JSON.parse puts keys that look like indexes first.
    ["1", ...sorted.filter((key) => key !== "1")],
  );
  expect(canonicalJson(value).indexOf('"\\r"')).toBeLessThan(canonicalJson(value).indexOf('"1"'));
});

test("neither the order of keys nor absent ones change the hash; values do", () => {
  const hash = canonicalHash({ a: 1, b: { c: [1, 2], d: undefined } });
  expect(canonicalHash({ b: { c: [1, 2] }, a: 1 })).toBe(hash);
  expect(canonicalHash({ b: { c: [2, 1] }, a: 1 })).not.toBe(hash);
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [() => 1], [[undefined]], [1n]])(
  "%s is a bug, not data",
  (value) => {
    expect(() => canonicalJson(value)).toThrow("Canonical JSON");
  },
);
