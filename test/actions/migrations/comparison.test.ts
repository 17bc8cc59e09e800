import { expect, it } from "vitest";
import {
  compareMigrations,
  type MigrationRow,
} from "../../../source/actions/migrations/comparison.ts";

const FILES = [
  { name: "1_init", checksums: ["aa", "ab"] },
  { name: "2_games", checksums: ["bb"] },
];

function row(name: string, checksum: string, given: Partial<MigrationRow> = {}): MigrationRow {
  return { name, checksum, finished: true, rolledBack: false, ...given };
}

const NONE = { missing: [], extra: [], changed: [], unfinished: [], withoutSql: [] };

it("is content when all are applied, whichever line ending the file has", () => {
  const compared = compareMigrations(FILES, [row("1_init", "ab"), row("2_games", "bb")]);
  expect(compared).toEqual({ applied: ["1_init", "2_games"], ...NONE });
});

it("does not count a rolled-back try that a success followed", () => {
  const rows = [
    row("1_init", "old", { finished: false, rolledBack: true }),
    row("1_init", "aa"),
    row("2_games", "bb"),
  ];
  expect(compareMigrations(FILES, rows)).toEqual({ applied: ["1_init", "2_games"], ...NONE });
});

it("counts a migration as missing when every try was rolled back", () => {
  const rows = [row("1_init", "aa"), row("2_games", "bb", { finished: false, rolledBack: true })];
  expect(compareMigrations(FILES, rows)).toMatchObject({ missing: ["2_games"], unfinished: [] });
});

it("tells missing, extra, changed and unfinished ones apart", () => {
  const files = [
    ...FILES,
    { name: "3_new", checksums: ["cc"] },
    { name: "4_empty", checksums: [] },
  ];
  const rows = [
    row("1_init", "edited"),
    row("2_games", "bb", { finished: false }),
    row("9_elsewhere", "zz"),
  ];
  expect(compareMigrations(files, rows)).toEqual({
    applied: ["1_init"],
    missing: ["3_new"],
    extra: ["9_elsewhere"],
    changed: ["1_init"],
    unfinished: ["2_games"],
    withoutSql: ["4_empty"],
  });
});

it("does not take an unfinished try for applied because another one finished", () => {
  const rows = [
    row("1_init", "aa"),
    row("2_games", "bb"),
    row("2_games", "bb", { finished: false }),
  ];
  expect(compareMigrations(FILES, rows)).toMatchObject({
    applied: ["1_init"],
    unfinished: ["2_games"],
  });
});
