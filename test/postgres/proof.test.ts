import { describe, expect, it } from "vitest";
import type { Manifest, ManifestSequence } from "../../source/postgres/manifest.ts";
import { composeManifest, parseManifest } from "../../source/postgres/manifest.ts";
import { compareRestored } from "../../source/postgres/proof/compare.ts";
import { judgeSequence, type SequenceReading } from "../../source/postgres/proof/sequences.ts";
import { must, problemOf } from "../helpers/results.ts";

const at = (value: string, called = true) => ({ value, called });

function sequence(from: string, to: string, increment = "1"): ManifestSequence {
  return { schema: "public", name: "s", increment, from: at(from), to: at(to) };
}

function reading(value: string): SequenceReading {
  return { schema: "public", name: "s", increment: "1", readable: true, position: at(value) };
}

const MANIFEST: Manifest = {
  format: 1,
  level: "counts",
  drill: "d",
  server: { address: "h:1", version: "15", systemIdentifier: "7" },
  database: "p",
  databaseBytes: 1,
  snapshot: "00000003-00000001-1",
  lsn: null,
  takenAt: "2026-11-22T14:30:00.000Z",
  dump: { format: "plain", command: "pg_dump", tool: "pg_dump 15", seconds: 1 },
  files: [{ path: "x", bytes: 1, sha256: "0".repeat(64) }],
  tables: [
    { schema: "public", name: "t", kind: "table", owner: "o", rows: 2 },
    { schema: "public", name: "v", kind: "materialized view", owner: "o", rows: null },
  ],
  sequences: [sequence("5", "9")],
  notCovered: ["rows of materialized views"],
};

describe("a sequence", () => {
  it.each([
    ["that stood still is equal only there", sequence("5", "5"), at("5"), "equal"],
    ["that stood still is different one ahead", sequence("5", "5"), at("6"), "different"],
    [
      "that stood still is different when not called",
      sequence("5", "5"),
      at("5", false),
      "different",
    ],
    ["that moved may be at its start", sequence("5", "9"), at("5"), "equal"],
    ["that moved may be at its end", sequence("5", "9"), at("9"), "equal"],
    ["that moved may not be before", sequence("5", "9"), at("4"), "different"],
    ["that moved may not be beyond", sequence("5", "9"), at("10"), "different"],
    ["that counts down may be between", sequence("9", "5", "-2"), at("7"), "equal"],
    ["that counts down may not be above", sequence("9", "5", "-2"), at("11"), "different"],
    ["that wrapped around cannot be judged", sequence("9", "1"), at("3"), "not-comparable"],
    [
      "beyond 2^53 is told apart exactly",
      sequence("9007199254740993", "9007199254740993"),
      at("9007199254740992"),
      "different",
    ],
    [
      "beyond 2^53 is told apart in a range",
      sequence("9007199254740993", "9007199254740995"),
      at("9007199254740992"),
      "different",
    ],
  ] as const)("%s", (_what, expected, observed, verdict) => {
    expect(judgeSequence(expected, observed)).toBe(verdict);
  });
});

describe("the comparison", () => {
  it("is equal, and says what it did not cover", () => {
    const { proof } = compareRestored(MANIFEST, { tables: MANIFEST.tables, sequences: [reading("7")] });
    expect(proof).toMatchObject({
      verdict: "equal",
      tables: 1,
      rows: 2,
      sequences: 1,
      differences: [],
    });
    expect(proof.notCovered).toContain("rows of materialized views");
    expect(proof.notCovered.join()).toContain("only their number");
  });

  it("does not count a sequence that went backwards as covered", () => {
    const manifest = { ...MANIFEST, sequences: [sequence("9", "1")] };
    const { proof } = compareRestored(manifest, { tables: MANIFEST.tables, sequences: [reading("3")] });
    expect(proof).toMatchObject({ verdict: "equal", sequences: 0 });
    expect(proof.notCovered.at(-1)).toContain("public.s");
  });

  it("tells kinds that changed, and a table that cannot be counted any more", () => {
    const [table] = MANIFEST.tables;
    if (table === undefined) throw new Error("no table");
    const view = { ...table, kind: "materialized view" as const, rows: null };
    const { proof } = compareRestored(MANIFEST, {
      tables: [view, ...MANIFEST.tables.slice(1)],
      sequences: [],
    });
    expect(proof.differences.map(({ observed }) => observed)).toEqual([
      "materialized view, owner o",
      "rows not read",
      "missing",
    ]);
  });
});

describe("a manifest", () => {
  it("comes back as it was written", () => {
    expect(must(parseManifest(composeManifest(MANIFEST), "m"))).toEqual(MANIFEST);
  });

  it.each([
    ["no JSON", "{"],
    ["another format", composeManifest(MANIFEST).replace('"format": 1', '"format": 2')],
    ["an unknown key", composeManifest(MANIFEST).replace('"drill"', '"mill": 1, "drill"')],
    ["negative rows", composeManifest(MANIFEST).replace('"rows": 2', '"rows": -2')],
    ["a short digest", composeManifest(MANIFEST).replace('"sha256": "0', '"sha256": "')],
    ["no files", JSON.stringify({ ...MANIFEST, files: [] })],
  ])("with %s is refused", (_what, text) => {
    expect(problemOf(parseManifest(text, "x.manifest.json")).message).toContain("x.manifest.json");
  });
});
