import { createHash } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSpool, spoolFile } from "../../source/process/spool.ts";
import { waitFor } from "../helpers/wait-for.ts";

let home: string;
let spools: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "restore-drill-spool-"));
  spools = join(home, "spools");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function digestOf(file: string): string {
  return `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
}

test("writes lines with their stream, privately, and tells digest, bytes and lines", async () => {
  const spool = await createSpool(spools).open("take-backup", 2);
  spool.write({ stream: "stdout", text: "one 🐘" });
  spool.write({ stream: "stderr", text: "two\nin disguise" });
  spool.write({ stream: "note", text: "" });
  const summary = await spool.close();
  const file = spoolFile(spools, "take-backup", 2);
  expect(file).toBe(join(spools, "take-backup.2.log"));
  expect(readFileSync(file, "utf8")).toBe("out| one 🐘\nerr| two␊in disguise\nnote| \n");
  expect(summary).toEqual({ digest: digestOf(file), bytes: statSync(file).size, lines: 3 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await spool.close()).toEqual(summary);
});

test("lines are on disk soon, without waiting for the end", async () => {
  const spool = await createSpool(spools).open("slow", 1);
  spool.write({ stream: "stdout", text: "early" });
  const file = spoolFile(spools, "slow", 1);
  await waitFor(() => expect(readFileSync(file, "utf8")).toBe("out| early\n"));
  await spool.close();
});

test("a step id cannot leave the directory", async () => {
  const spool = await createSpool(spools).open("../../escape", 1);
  await spool.close();
  expect(readdirSync(home)).toEqual(["spools"]);
  expect(readdirSync(spools)).toHaveLength(1);
});

test("an earlier file of the same attempt stays", async () => {
  const port = createSpool(spools);
  for (const text of ["first", "second"]) {
    const spool = await port.open("again", 1);
    spool.write({ stream: "stdout", text });
    await spool.close();
  }
  expect(readFileSync(join(spools, "again.1.log"), "utf8")).toBe("out| first\n");
  expect(readFileSync(join(spools, "again.1~2.log"), "utf8")).toBe("out| second\n");
});

test("more than the limit is left out, and said so", async () => {
  const spool = await createSpool(spools, { limit: 1000 }).open("flood", 1);
  for (let index = 0; index < 100; index += 1)
    spool.write({ stream: "stdout", text: "x".repeat(45) });
  const summary = await spool.close();
  const file = spoolFile(spools, "flood", 1);
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines.filter((line) => line.startsWith("out| "))).toHaveLength(19);
  expect(lines.at(-2)).toBe(
    "note| 81 lines are missing here: only 1000 bytes of an attempt are kept",
  );
  expect(summary).toEqual({ digest: digestOf(file), bytes: statSync(file).size, lines: 20 });
});

test("a full disk costs lines, not the outcome: the digest is of what is there", async () => {
  let room = 150;
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  const write = (descriptor: number, bytes: Uint8Array) => {
    if (room === 0) throw full;
    const part = bytes.subarray(0, room);
    room -= part.length;
    return writeSync(descriptor, part);
  };
  const spool = await createSpool(spools, { write }).open("full", 1);
  for (let index = 0; index < 10_000; index += 1)
    spool.write({ stream: "stdout", text: "y".repeat(24) });
  room = 500;
  const summary = await spool.close();
  const file = spoolFile(spools, "full", 1);
  const text = readFileSync(file, "utf8");
  expect(text).toContain(
    "note| 9995 lines are missing here: no space left on the device".replace(
      "no space left",
      "no space is left",
    ),
  );
  expect(summary).toEqual({ digest: digestOf(file), bytes: statSync(file).size, lines: 6 });
});

test("a directory that cannot be made costs the lines only", async () => {
  writeFileSync(spools, "in the way");
  const spool = await createSpool(spools).open("blocked", 1);
  spool.write({ stream: "stdout", text: "lost" });
  const empty = createHash("sha256").digest("hex");
  expect(await spool.close()).toMatchObject({ digest: `sha256:${empty}`, bytes: 0 });
});
