/** Real writes that the system refuses half-way. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readJournal } from "../../source/journal/read.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";

const FILLER = new URL("fill-journal.ts", import.meta.url).pathname;

interface Filled {
  readonly acknowledged: number;
  readonly message: string;
}

function filled(path: string, limit = "true"): Filled {
  const script = `${limit}; exec "$0" "$1" "$2"`;
  const output = execFileSync("bash", ["-c", script, process.execPath, FILLER, path], {
    encoding: "utf8",
  });
  return JSON.parse(output);
}

async function expectWhole(path: string, { acknowledged, message }: Filled, reason: string) {
  expect(acknowledged).toBeGreaterThan(0);
  expect(message).toContain(path);
  expect(message).toContain(reason);
  const read = must(await readJournal(path));
  expect(read.events).toHaveLength(acknowledged);
  expect(read.torn).toBeUndefined();
}

test("a file that may not grow further keeps every event that was acknowledged", async () => {
  const path = join(await temporaryFolder(), "journal.jsonl");
  await expectWhole(path, filled(path, "ulimit -f 16"), "may not grow");
});

const mount = tinyDisk();

test.runIf(mount !== undefined)("a full disk keeps every event that was acknowledged", async () => {
  const path = join(mount ?? "", "drill", "journal.jsonl");
  onTestFinished(() => {
    execFileSync("umount", [mount ?? ""]);
    rmSync(mount ?? "", { recursive: true });
  });
  await expectWhole(path, filled(path), "disk is full");
});

/** Mounting needs root; elsewhere the limit on the file's size stands in for it. */
function tinyDisk(): string | undefined {
  const folder = `/tmp/restore-drill-tiny-disk-${process.pid}`;
  try {
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    console.warn("No tmpfs can be mounted here (run as root for it): the full disk is not tested.");
    return undefined;
  }
}
