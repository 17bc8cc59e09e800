import { expect, test } from "vitest";
import { toAscii, wantsAscii } from "../../source/ui/text/glyphs.ts";
import { fitRow, linked, rowColumns, rowText, span, spread } from "../../source/ui/text/rows.ts";
import { columnsOf, cut, cutStart, oneLine, wrap } from "../../source/ui/text/width.ts";

const WIDE = "データベース名 and 👩‍👩‍👧 more";

test.each([0, 1, 2, 3, 7, 10, 15, 40])("cut to %d columns is never wider", (width) => {
  expect(columnsOf(cut(WIDE, width))).toBeLessThanOrEqual(width);
  expect(columnsOf(cutStart(WIDE, width))).toBeLessThanOrEqual(width);
  expect(rowColumns(fitRow([span(WIDE), span("tail")], width))).toBeLessThanOrEqual(width);
  expect(rowColumns(spread([span(WIDE)], [span("right")], width))).toBeLessThanOrEqual(
    Math.max(width, 0),
  );
});

test.each([2, 3, 5, 9, 20])(
  "wrapped to %d columns no line is wider and nothing is lost",
  (width) => {
    const text = `${WIDE} ${"x".repeat(31)} end`;
    const lines = wrap(text, width);
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
    expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  },
);

test("wrapping keeps line breaks and indentation", () => {
  expect(wrap("one\n  two three", 9)).toEqual(["one", "  two", "  three"]);
});

test("one line shows what would move the cursor or turn the text around", () => {
  expect(oneLine("a\nb\tc\x1b[31m\x9b\u202ed\u2066")).toBe(
    "a\\nb\\tc\\x1b[31m\\x9b\\u202ed\\u2066",
  );
});

test("every part of a broken address leads to the whole", () => {
  const address = "https://example.org/a/long/path/that/does/not/fit";
  const cells = linked(`See ${address}.`, 24).flat();
  const links = cells.filter(({ link }) => link !== undefined);
  expect(links.length).toBeGreaterThan(1);
  expect(new Set(links.map(({ link }) => link))).toEqual(new Set([address]));
  expect(links.map(({ text }) => text).join("")).toBe(address);
  expect(rowText(cells)).toContain("See");
});

test("ASCII stand-ins take the same room", () => {
  const marks = "✓✗●◆○–·↻❯▶→─│█░…⠋";
  expect(toAscii(marks)).toMatch(/^[\x20-\x7e]+$/);
  expect(columnsOf(toAscii(marks))).toBe(columnsOf(marks));
  expect(toAscii("名前")).toBe("名前");
});

test("ASCII is for the Linux console and other locales, not for an unset one", () => {
  expect(wantsAscii({ TERM: "linux", LANG: "en_US.UTF-8" })).toBe(true);
  expect(wantsAscii({ LANG: "C" })).toBe(true);
  expect(wantsAscii({ LANG: "C", LC_ALL: "C.UTF-8" })).toBe(false);
  expect(wantsAscii({})).toBe(false);
});
