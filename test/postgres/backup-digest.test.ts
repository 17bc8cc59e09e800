import { createHash } from "node:crypto";
import {
  appendFileSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { digestBackup } from "../../source/postgres/backup-digest.ts";
import { followBackup } from "../../source/postgres/backup-follow.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function digest(file: string): Promise<string | undefined> {
  const [only] = must(await digestBackup(file));
  return only?.sha256;
}

/** Until its digest is one to remember. */
async function settle(file: string): Promise<void> {
  await waitFor(() => expect(Date.now() - statSync(file).ctimeMs).toBeGreaterThan(100));
}

const real = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

function write(file: string, text: string): void {
  writeFileSync(file, text);
  utimesSync(file, 1_800_000_000, 1_800_000_000);
}

function replace(file: string): void {
  write(`${file}.new`, "third");
  renameSync(`${file}.new`, file);
}

it.each([
  ["written over, with its times set back", (file: string) => write(file, "other")],
  ["replaced by another of the same size and times", replace],
])("a digest is taken anew of a file that was %s", async (_what, change) => {
  const file = join(await temporaryFolder(), "backup.sql");
  write(file, "first");
  await settle(file);
  expect(await digest(file)).toBe(real(file));
  change(file);
  expect(await digest(file)).toBe(real(file));
  // So soon after the last one that the file system may tell no other time.
  write(file, "again");
  expect(await digest(file)).toBe(real(file));
});

it("a digest is that of what a dump wrote, and is known as soon as it ends", async () => {
  const file = join(await temporaryFolder(), "backup.sql");
  writeFileSync(file, "CREATE TABLE t ();\n");
  const follower = followBackup(file, "plain");
  appendFileSync(file, "x".repeat(3_000_000));
  await follower.finish();
  const reads: number[] = [];
  const digests = must(await digestBackup(file, { onBytes: (bytes) => reads.push(bytes) }));
  expect(reads).toEqual([3_000_019]);
  expect(digests).toEqual([{ path: "backup.sql", bytes: 3_000_019, sha256: real(file) }]);
});
