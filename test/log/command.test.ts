import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type LogArguments, logCommand } from "../../source/commands/log.ts";
import { createJournal } from "../../source/journal/journal.ts";
import { drillPaths, type Storage } from "../../source/settings/storage.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";
import { HAS_SSH_KEYGEN, linesOf, places, sign, signedLog, writeLines } from "./places.ts";
import { at, sampleEvents } from "./sample.ts";

async function run(storage: Storage, args: LogArguments) {
  const [out, err] = [vi.fn<(text: string) => void>(), vi.fn<(text: string) => void>()];
  const code = await logCommand(args, { storage, out, err });
  const text = (said: typeof out) => said.mock.calls.map(([line]) => line).join("\n");
  return { code, out: text(out), err: text(err) };
}

describe("with an empty log", () => {
  test.each([
    ["list", 0, "out", "empty"],
    ["verify", 0, "out", "0 entries hold"],
    ["show", 2, "err", "empty"],
  ] as const)("%s exits %d", async (sub, code, stream, said) => {
    const result = await run(await places(), { sub });
    expect(result.code).toBe(code);
    expect(result[stream]).toContain(said);
  });

  test("list --json is an empty list", async () => {
    const { out } = await run(await places(), { sub: "list", json: true });
    expect(JSON.parse(out)).toEqual([]);
  });
});

describe.runIf(HAS_SSH_KEYGEN)("list", () => {
  test("is a line an entry, newest first", async () => {
    const { code, out } = await run(await signedLog("one", "two"), { sub: "list" });
    const [head, ...rows] = out.split("\n");
    expect(code).toBe(0);
    expect(head).toMatch(/^DATE +ENTRY +CHECKLIST +ENVIRONMENT +VERDICT +OPERATOR$/);
    expect(rows).toEqual([
      expect.stringMatching(/^2026-11-22 14:30 +two .*≈ passed with deviations +Robin$/),
      expect.stringMatching(/^2026-11-22 14:30 +one /),
    ]);
  });

  test("as JSON is what is in the log", async () => {
    const where = await signedLog("one", "two");
    const { out } = await run(where, { sub: "list", json: true });
    const lines = await linesOf(where);
    expect(JSON.parse(out)).toEqual(lines.map((line) => JSON.parse(line)).reverse());
  });

  test("leaves out what does not hold, and says so", async () => {
    const where = await signedLog("one", "two");
    const [first = "", second = ""] = await linesOf(where);
    await writeLines(where, [first.replace("Robin", "Rubin"), second]);
    const { code, out, err } = await run(where, { sub: "list" });
    expect(code).toBe(0);
    expect(out).not.toContain("Rubin");
    expect(err).toContain("log verify");
  });
});

describe.runIf(HAS_SSH_KEYGEN)("show", () => {
  test("the newest without a word, or the one that begins so", async () => {
    const where = await signedLog("one", "two");
    expect((await run(where, { sub: "show" })).out).toMatch(/Drill +two/);
    expect((await run(where, { sub: "show", entry: "o" })).out).toMatch(/Drill +one/);
    const { out } = await run(where, { sub: "show", entry: "one", json: true });
    expect(JSON.parse(out)).toEqual(JSON.parse((await linesOf(where))[0] ?? ""));
  });

  test("an exact id wins over longer ones that begin with it", async () => {
    const where = await signedLog("one", "one-more");
    expect((await run(where, { sub: "show", entry: "one" })).out).toMatch(/Drill +one\n/);
  });

  test.each(["x\u001b[31m", "one"])(
    "%j is unknown or ambiguous: exit 2 with the list",
    async (entry) => {
      const where = await signedLog("one-1", "one-2");
      const { code, out, err } = await run(where, { sub: "show", entry });
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("one-2, one-1");
      expect(err).not.toContain("\u001b");
    },
  );
});

describe.runIf(HAS_SSH_KEYGEN)("export", () => {
  test.each([
    ["markdown", /^# Database backup & restore drill/],
    ["json", /^\{\n {2}"/],
    ["html", /^<!doctype html>/],
  ])("%s goes to a new file, or to standard output", async (format, start) => {
    const where = await signedLog("one");
    const output = join(await temporaryFolder(), "-entry");
    const written = await run(where, { sub: "export", format, output });
    expect(written).toMatchObject({ code: 0, out: "" });
    const text = await readFile(output, "utf8");
    expect(text).toMatch(start);
    const printed = await run(where, { sub: "export", format, output: "-" });
    expect(`${printed.out}\n`).toBe(text);
  });

  test("an existing file is left as it is", async () => {
    const output = join(await temporaryFolder(), "entry.html");
    await writeFile(output, "mine");
    const result = await run(await signedLog("one"), { sub: "export", format: "html", output });
    expect(result.code).toBe(2);
    expect(result.err).toContain("exists already");
    expect(await readFile(output, "utf8")).toBe("mine");
  });

  test.each([
    [{ format: "pdf", output: "-" }, "no format"],
    [{ format: "toString", output: "-" }, "no format"],
    [{ format: "html" }, "No file"],
  ])("%j is a usage error", async (args, said) => {
    const { code, err } = await run(await signedLog("one"), { sub: "export", ...args });
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  test("a folder that is not there is a problem that names the file", async () => {
    const output = join(await temporaryFolder(), "nowhere", "entry.html");
    const result = await run(await signedLog("one"), { sub: "export", format: "html", output });
    expect(result.code).toBe(4);
    expect(result.err).toContain(output);
  });
});

describe.runIf(HAS_SSH_KEYGEN)("verify", () => {
  test("tells how many hold and who signed them", async () => {
    const where = await signedLog("one", "two");
    const { code, out } = await run(where, { sub: "verify" });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^2 entries hold\.\n {2}2 entries signed by \S+, SHA256:\S+\n {2}last hash/,
    );
    const json = await run(where, { sub: "verify", json: true });
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, entries: 2, notes: [] });
  });

  test("a broken log exits 6 and names the entry, also as JSON", async () => {
    const where = await signedLog("one", "two");
    const [first = "", second = ""] = await linesOf(where);
    await writeLines(where, [first.replace("Robin", "Rubin"), second]);
    const { code, err } = await run(where, { sub: "verify" });
    expect(code).toBe(6);
    expect(err).toContain("Entry 1 (one)");
    const json = await run(where, { sub: "verify", json: true });
    expect(json.code).toBe(6);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problem: { details: { entry: "1" } } });
  });

  test("the last entry removed from log and head is still missed by the drill's journal", async () => {
    const where = await signedLog("one");
    const files = [where.log, join(where.home, "log.head")];
    const before = await Promise.all(files.map((file) => readFile(file)));
    const { id, hash, log } = await sign(where, "two");
    const journal = must(await createJournal(drillPaths(where, "two").journal));
    const signed = { type: "drill-signed-off", at: at(100), entry: { id, hash, log } } as const;
    for (const event of [...sampleEvents("two"), signed]) {
      must(await journal.append(event));
    }
    await journal.close();
    expect((await run(where, { sub: "verify" })).code).toBe(0);
    await Promise.all(files.map((file, index) => writeFile(file, before[index] ?? "")));
    const { code, err } = await run(where, { sub: "verify" });
    expect(code).toBe(6);
    expect(err).toContain("Entry 2 (two)");
  });
});
