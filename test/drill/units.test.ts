import { expect, test } from "vitest";
import {
  formatAmount,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatRate,
} from "../../source/drill/units.ts";

test.each([
  [0, "0.00 s"],
  [0.424, "0.42 s"],
  [9.994, "9.99 s"],
  [9.999, "10.0 s"],
  [59.949, "59.9 s"],
  [59.96, "1 min 00 s"],
  [245, "4 min 05 s"],
  [3599.6, "1 h 00 min"],
  [7380, "2 h 03 min"],
  [86_399, "1 d 0 h"],
  [93_600, "1 d 2 h"],
  [Number.NaN, "unknown"],
  [-1, "unknown"],
  [Number.POSITIVE_INFINITY, "unknown"],
])("a duration of %d seconds reads %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [999.6, "1.00 kB"],
  [1000, "1.00 kB"],
  [12_345, "12.3 kB"],
  [159_000_000, "159 MB"],
  [999_999_999, "1.00 GB"],
  [1_330_000_000, "1.33 GB"],
  [2e18, "2000 PB"],
  [-5, "unknown"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
  [-1234, "-1,234"],
  [Number.NaN, "unknown"],
])("the count %d reads %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test("rates name what is counted", () => {
  expect(formatRate(24_600_000, 2, "bytes")).toBe("12.3 MB/s");
  expect(formatRate(16_800, 2, "rows")).toBe("8,400 rows/s");
  expect(formatRate(10, 0, "rows")).toBe("unknown");
});

test("one is singular", () => {
  expect(formatAmount(1, "entry", "entries")).toBe("1 entry");
  expect(formatAmount(1200, "table")).toBe("1,200 tables");
});

test("an instant reads as UTC, and other text is left alone", () => {
  expect(formatInstant("2026-11-22T14:30:00.123Z")).toBe("2026-11-22 14:30:00 UTC");
  expect(formatInstant("yesterday")).toBe("yesterday");
});
