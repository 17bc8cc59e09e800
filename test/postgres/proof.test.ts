import { describe, expect, it } from "vitest";
import type { Manifest, ManifestSequence } from "../../source/postgres/manifest.ts";
import { composeManifest, parseManifest } from "../../source/postgres/manifest.ts";
import { compareRestored, type Restored } from "../../source/postgres/proof/compare.ts";
import type { Facts } from "../../source/postgres/proof/facts/types.ts";
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
    const { proof } = compareRestored(MANIFEST, {
      tables: MANIFEST.tables,
      sequences: [reading("7")],
    });
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
    const { proof } = compareRestored(manifest, {
      tables: MANIFEST.tables,
      sequences: [reading("3")],
    });
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

const FINGERPRINT = { rows: 2, hashed: 2, sumA: "-7", sumB: "18446744073709551617" };

const DEEP: Manifest = {
  ...MANIFEST,
  format: 3,
  level: "full",
  encoding: "UTF8",
  tables: MANIFEST.tables.map((table) =>
    table.rows === null ? table : { ...table, fingerprint: FINGERPRINT },
  ),
  largeObjects: { objects: 1, by: "object", sums: { "7": "1 3 5 6" } },
  facts: { index: { "public.t_pkey": "one" }, view: { "public.v": "old" } },
};

const RESTORED: Restored = {
  tables: DEEP.tables,
  sequences: [reading("7")],
  encoding: "UTF8",
  largeObjects: { objects: 1, by: "object", sums: { "7": "1 3 5 6" } },
  facts: { facts: DEEP.facts ?? {}, uncovered: [] },
};

describe("the comparison of all there is", () => {
  const table = (changes: object): Restored => ({
    ...RESTORED,
    tables: DEEP.tables.map((one) =>
      one.fingerprint === undefined
        ? one
        : { ...one, fingerprint: { ...one.fingerprint, ...changes } },
    ),
  });

  it.each([
    ["nothing", RESTORED, []],
    ["one sum", table({ sumA: "-8" }), ["public.t"]],
    ["the other sum", table({ sumB: "1" }), ["public.t"]],
    ["rows that were not hashed", table({ hashed: 1 }), ["public.t"]],
    ["rows without a fingerprint", { ...RESTORED, tables: MANIFEST.tables }, ["public.t"]],
    [
      "another encoding",
      { ...table({ sumA: "3" }), encoding: "LATIN1" },
      ["encoding of the database"],
    ],
    [
      "a large object",
      {
        ...RESTORED,
        largeObjects: { objects: 1, by: "object" as const, sums: { "7": "1 3 5 7" } },
      },
      ["large object 7"],
    ],
    [
      "an index that is missing",
      { ...RESTORED, facts: { facts: { view: { "public.v": "old" } }, uncovered: [] } },
      ["index public.t_pkey"],
    ],
  ])("tells %s", (_what, restored, objects) => {
    const { proof } = compareRestored(DEEP, restored);
    expect(proof.differences.map(({ object }) => object)).toEqual(objects);
    expect(proof.verdict).toBe(objects.length === 0 ? "equal" : "different");
  });

  const facts = (more: Facts) => ({ facts: { ...DEEP.facts, ...more }, uncovered: [] });

  it("tells a lost or changed table, view or sequence once", () => {
    const manifest = {
      ...DEEP,
      facts: {
        ...DEEP.facts,
        table: { 'public.t"': "wrong name", "public.t": "table\nowner o" },
        "materialized view": { "public.v": "SELECT 1" },
        sequence: { "public.s": "as integer" },
      },
    };
    const lost = compareRestored(manifest, {
      ...RESTORED,
      tables: [],
      sequences: [],
      facts: facts({ table: { 'public.t"': "wrong name" } }),
    });
    expect(lost.proof.differences.map(({ object, observed }) => [object, observed])).toEqual([
      ["public.t", "missing"],
      ["public.v", "missing"],
      ["sequence public.s", "missing"],
    ]);
    const changed = compareRestored(manifest, {
      ...RESTORED,
      tables: RESTORED.tables.map((one) => ({ ...one, owner: "p" })),
      facts: facts({
        ...manifest.facts,
        table: { ...manifest.facts.table, "public.t": "table\nowner p" },
      }),
    });
    expect(changed.proof.differences.map(({ object }) => object)).toEqual([
      "public.v",
      "table public.t",
    ]);
  });

  it("says what the primary's user could not read, also with a manifest that does not", () => {
    const hidden = { "user mapping": { "o on far": "no options" }, "read by": { superuser: "no" } };
    const { proof } = compareRestored(
      { ...DEEP, facts: { ...DEEP.facts, ...hidden } },
      { ...RESTORED, facts: facts({ ...hidden, "read by": { superuser: "yes" } }) },
    );
    expect(proof).toMatchObject({
      verdict: "equal",
      notCovered: expect.arrayContaining([expect.stringContaining("may not read: o on far")]),
    });
  });

  describe("with definitions that changed while the dump ran", () => {
    const manifest = {
      ...DEEP,
      factsAfter: { ...DEEP.facts, view: { "public.v": "new", "public.w": "made meanwhile" } },
    };
    const proofOf = (view: Record<string, string>, rest = DEEP.facts) =>
      compareRestored(manifest, {
        ...RESTORED,
        facts: { facts: { ...rest, view }, uncovered: [] },
      }).proof;
    const WORDS = "definitions that changed more than once while the dump ran: view public.v";

    it.each([
      [{ "public.v": "old" }],
      [{ "public.v": "new" }],
      [{ "public.v": "new", "public.w": "made meanwhile" }],
    ])("takes either text: %j", (view) => {
      const proof = proofOf(view);
      expect(proof.verdict).toBe("equal");
      expect([...proof.notCovered, ...(proof.warnings ?? [])].join()).not.toContain(
        "more than once",
      );
    });

    it("does not judge a third text, and says which one it left out", () => {
      const proof = proofOf({ "public.v": "newer" });
      expect(proof).toMatchObject({ verdict: "equal", differences: [], warnings: [WORDS] });
      expect(proof.notCovered).toContain(WORDS);
      expect(proof.covered.join()).toContain("definitions: 1 × index, 0 × view");
    });

    it("speaks of two readings, and of no dump, where none was made", () => {
      const { dump: _, ...readings } = manifest;
      const facts = { facts: { ...DEEP.facts, view: { "public.v": "newer" } }, uncovered: [] };
      const { warnings = [] } = compareRestored(readings, { ...RESTORED, facts }).proof;
      expect(warnings).toEqual([
        "definitions that changed more than once between the two readings of the source: view public.v",
      ]);
    });

    it("still tells an object that is gone, one that did not change, and one nobody made", () => {
      const objects = (view: Record<string, string>, rest = DEEP.facts) =>
        proofOf(view, rest).differences.map(({ object }) => object);
      expect(objects({})).toEqual(["view public.v"]);
      expect(objects({ "public.v": "newer" }, { index: { "public.t_pkey": "on (b)" } })).toEqual([
        "index public.t_pkey",
      ]);
      expect(objects({ "public.v": "newer", "public.x": "stray" })).toEqual(["view public.x"]);
    });
  });
});

describe("a manifest", () => {
  it("comes back as it was written, in both formats", () => {
    expect(must(parseManifest(composeManifest(MANIFEST), "m"))).toEqual(MANIFEST);
    const { digest, ...rest } = must(parseManifest(composeManifest(DEEP), "m"));
    expect(rest).toEqual(DEEP);
    expect(digest).toMatch(/^[0-9a-f]{64}$/u);
  });

  it.each([
    ["a sum", '"sumA": "-7"', '"sumA": "-8"'],
    ["the number of rows", '"rows": 2,\n      "fing', '"rows": 3,\n      "fing'],
    ["a definition", '"old"', '"new"'],
    ["its digest", '"digest": "', '"digest": "0'],
    ["its format", '"format": 3', '"format": 1'],
  ])("is refused when somebody changed %s", (_what, from, to) => {
    const text = composeManifest(DEEP);
    expect(text).toContain(from);
    expect(parseManifest(text.replace(from, to), "m").ok).toBe(false);
  });

  it("is the same manifest however it is laid out", () => {
    const text = JSON.stringify(JSON.parse(composeManifest(DEEP)));
    expect(must(parseManifest(text, "m"))).toMatchObject(DEEP);
  });

  it.each([
    ["no JSON", "{"],
    ["another format", composeManifest(MANIFEST).replace('"format": 1', '"format": 3')],
    ["rows hashed as before", composeManifest(MANIFEST).replace('"format": 1', '"format": 2')],
    ["no digest", composeManifest(MANIFEST).replace('"format": 1', '"format": 3')],
    ["an unknown key", composeManifest(MANIFEST).replace('"drill"', '"mill": 1, "drill"')],
    ["negative rows", composeManifest(MANIFEST).replace('"rows": 2', '"rows": -2')],
    ["a short digest", composeManifest(MANIFEST).replace('"sha256": "0', '"sha256": "')],
    ["no files", JSON.stringify({ ...MANIFEST, files: [] })],
  ])("with %s is refused", (_what, text) => {
    expect(problemOf(parseManifest(text, "x.manifest.json")).message).toContain("x.manifest.json");
  });
});
