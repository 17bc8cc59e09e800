/** A copy of the primary's server: never the primary itself, and never written to. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyOf } from "../../source/actions/postgres/copy.ts";
import type { Manifest } from "../../source/postgres/manifest.ts";
import { composeManifest, parseManifest } from "../../source/postgres/manifest.ts";
import { between } from "../../source/postgres/proof/between.ts";
import { leftOut } from "../../source/postgres/proof/left-out.ts";
import { type DirectLab, openDirectLab } from "../helpers/direct.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { must } from "../helpers/results.ts";

describe.runIf(postgres15Available)("a copy", () => {
  let lab: DirectLab;

  beforeAll(async () => {
    lab = await openDirectLab();
  });
  afterAll(() => lab?.close());

  const { signal } = new AbortController();
  const copyAt = (host: string) =>
    copyOf({ target: lab.target, signal }, { host, port: String(lab.server.port) });

  it("is not the primary, by its address", async () => {
    const copy = await copyAt(lab.server.host);
    expect(copy).toMatchObject({ ok: false, problem: { code: "refused" } });
  });

  it("is not the primary under another name, by the moment it started", async () => {
    const copy = await copyAt(lab.server.socket);
    expect(copy).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(JSON.stringify(copy)).toContain("is the primary itself");
  });

  it("is read-only in every database and role", async () => {
    const there = lab.target.at?.({ host: lab.server.host, port: lab.server.port });
    for (const role of ["primary", "restore", "maintenance"] as const) {
      const session = must(
        await (there ?? lab.target).connect({ database: "postgres", role, purpose: "test" }),
      );
      expect(await session.query("SHOW default_transaction_read_only")).toMatchObject({
        value: [{ default_transaction_read_only: "on" }],
      });
      await session.close();
    }
  });
});

const table = (name: string, sum: string): Manifest["tables"][number] => ({
  ...{ schema: "public", name, kind: "table", owner: "shop", rows: 3 },
  fingerprint: { rows: 3, hashed: 3, sumA: sum, sumB: sum },
});

const manifest = (...tables: Manifest["tables"]): Manifest => ({
  ...{ format: 3, level: "full", drill: "drill-1", database: "shop", databaseBytes: 1 },
  server: { address: "a:1", version: "15.18", systemIdentifier: "1" },
  ...{ snapshot: "1", lsn: null, takenAt: "2026-11-22T14:30:00.000Z", files: [], tables },
  ...{ sequences: [], notCovered: [] },
});

describe("what two manifests enclose", () => {
  const before = manifest(table("games", "1"), table("moves", "1"), table("gone", "1"));
  const after = manifest(table("games", "1"), table("moves", "2"), table("fresh", "1"));

  it("is what was alike in both; the rest is named and left out on both sides", () => {
    const joined = must(between(before, after));
    expect(joined.manifest.tables.map(({ name }) => name)).toEqual(["games"]);
    expect(joined.changed).toEqual(["public.moves", "public.gone", "public.fresh"]);
    expect(joined.manifest.notCovered.join()).toContain("public.moves");
    const copy = { tables: after.tables, sequences: [] };
    expect(joined.comparable(copy).tables.map(({ name }) => name)).toEqual(["games"]);
  });

  it("is nothing when they are of two databases", () => {
    expect(between(before, { ...after, database: "other" })).toMatchObject({ ok: false });
    expect(between(before, { ...after, level: "counts" })).toMatchObject({ ok: false });
  });
});

describe("a manifest without a dump", () => {
  it("tells of tables that were made meanwhile without a word of a dump", () => {
    const nothing = { tables: [], sequences: [], shapes: new Map(), views: new Set<string>() };
    const told = (dumps: boolean) => leftOut({ ...nothing, dumps, appeared: ["public.late"] });
    expect(told(false)).toEqual([
      "tables made while the source was read, which were not read: public.late",
    ]);
    expect(told(true).join()).toContain("while the dump ran");
  });

  it("is read again, and found out when it was changed", () => {
    const text = composeManifest(manifest(table("games", "1")));
    expect(must(parseManifest(text, "m")).tables).toHaveLength(1);
    expect(parseManifest(text.replace('"rows": 3', '"rows": 4'), "m")).toMatchObject({ ok: false });
  });

  it("has no files, and one with a dump has", () => {
    const files = [{ path: "a", bytes: 1, sha256: "0".repeat(64) }];
    const text = composeManifest({ ...manifest(), files });
    expect(parseManifest(text, "m")).toMatchObject({ ok: false });
  });
});
