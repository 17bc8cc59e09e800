import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dumpCommand, restoreCommand } from "../../source/environment/pg-commands.ts";
import { findTools, knownHole } from "../../source/environment/tools.ts";
import { createRedactor } from "../../source/process/redact.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "restore-drill-tools-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function bin(version: string, tools = ["pg_dump", "pg_restore", "psql"]): string {
  const directory = mkdtempSync(join(home, "bin-"));
  for (const tool of tools) {
    const script = `#!/bin/sh\necho "${tool} (PostgreSQL) ${version}"\n`;
    writeFileSync(join(directory, tool), script, { mode: 0o755 });
  }
  return directory;
}

test("programs of the server's version fit", async () => {
  const directory = bin("15.20 (Debian 15.20-0+deb12u1)");
  const tools = await findTools({ bin: directory, serverMajor: 15 });
  expect(tools.pg_dump).toEqual({
    program: join(directory, "pg_dump"),
    banner: "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)",
    major: 15,
    minor: 20,
  });
});

test("older ones would be refused by the server", async () => {
  const tools = await findTools({ bin: bin("14.24"), serverMajor: 15 });
  expect(tools.pg_dump).toEqual({
    missing:
      "pg_dump (PostgreSQL) 14.24 is older than the server (PostgreSQL 15) and would refuse it",
  });
});

test("17 and later write settings that an older server refuses", async () => {
  const old = await findTools({ bin: bin("18.6"), serverMajor: 15 });
  expect(old.psql).toHaveProperty("missing", expect.stringContaining("writes settings"));
  const same = await findTools({ bin: bin("18.6"), serverMajor: 17 });
  expect(same.psql).toHaveProperty("major", 18);
});

test("one that is not there, or is something else, is missing", async () => {
  const tools = await findTools({ bin: bin("15.20", ["pg_dump"]), serverMajor: 15 });
  expect(tools.pg_dump).toHaveProperty("major", 15);
  expect(tools.psql).toHaveProperty("missing", expect.stringContaining("psql was not found in"));
  const odd = await findTools({ bin: bin("none"), serverMajor: 15 });
  expect(odd.pg_dump).toHaveProperty("missing");
});

test.each([
  ["15.18", "15.19 or later"],
  ["18.0", "18.6 or later"],
  ["12.22", "a supported release"],
])("%s has a known hole", (version, update) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const banner = `psql (PostgreSQL) ${version}`;
  expect(knownHole({ program: "psql", banner, major, minor })).toContain(update);
});

test.each(["15.19", "18.6", "19.0"])("%s has none", (version) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  expect(knownHole({ program: "psql", banner: "", major, minor })).toBeUndefined();
});

test("command lines hold what the runbook does and no more than they should", () => {
  const connection = { host: "db", port: 5432, user: "o'neil", password: "hunter2" };
  const program = (name: string) => name;
  const dump = {
    database: "a\\b='c",
    format: "directory",
    file: "/b/d",
    jobs: 2,
    snapshot: "00-1",
  } as const;
  expect(dumpCommand(program, connection, dump)).toEqual([
    "pg_dump",
    "--dbname=dbname='a\\\\b=\\'c' host=db port=5432 user='o\\'neil'",
    "-w",
    "--no-sync",
    "--lock-wait-timeout=60000",
    "--format=directory",
    "--compress=0",
    "--jobs=2",
    "--snapshot=00-1",
    "--file=/b/d",
  ]);
  const plain = restoreCommand(program, connection, {
    database: "x",
    format: "plain",
    file: "/b/f",
  });
  expect(plain).toContain("ON_ERROR_STOP=1");
  expect(plain).toContain("-X");
  const custom = restoreCommand(program, connection, {
    database: "x",
    format: "custom",
    file: "/b/f",
  });
  expect(custom).toContain("--exit-on-error");
  const all = [...plain, ...custom].join(" ");
  expect(createRedactor(["hunter2"]).redact(all)).toBe(all);
});
