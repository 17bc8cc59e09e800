import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { DrillEvent } from "../../source/drill/events.ts";
import { createJournal, reopenJournal } from "../../source/journal/journal.ts";
import { readJournal } from "../../source/journal/read.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { EVENTS } from "./events.ts";

const NEXT: DrillEvent = { type: "drill-ended", at: "2026-11-22T14:31:00.000Z" };

async function written(events: readonly DrillEvent[] = EVENTS): Promise<string> {
  const path = join(await temporaryFolder(), "drill", "journal.jsonl");
  const journal = must(await createJournal(path));
  for (const event of events) {
    must(await journal.append(event));
  }
  await journal.close();
  return path;
}

test("what was appended is read back, in order", async () => {
  const path = await written();
  const { events, torn, intact } = must(await readJournal(path));
  expect(events).toEqual(EVENTS);
  expect(torn).toBeUndefined();
  expect(intact).toMatchObject({ seq: 3, bytes: (await stat(path)).size });
});

test("appends that are not waited for keep their order", async () => {
  const path = await written([]);
  const { journal } = must(await reopenJournal(path));
  const events = Array.from({ length: 50 }, (_, step) => ({ ...EVENTS[1], step: `s${step}` }));
  await Promise.all(events.map((event) => journal.append(event)));
  await journal.close();
  expect(must(await readJournal(path)).events).toEqual(events);
});

test("only its operator can read it, and an existing one is not written over", async () => {
  const path = await written();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
  expect(problemOf(await createJournal(path)).message).toContain(path);
  expect(must(await readJournal(path)).events).toHaveLength(3);
});

test("a closed journal takes nothing more", async () => {
  const path = await written([]);
  const { journal } = must(await reopenJournal(path));
  await journal.close();
  expect(problemOf(await journal.append(NEXT)).message).toContain("closed");
});

test("cut at any byte, it gives the whole lines before the cut and goes on from there", async () => {
  const whole = await readFile(await written());
  const path = join(await temporaryFolder(), "cut.jsonl");
  for (let cut = 0; cut < whole.length; cut++) {
    await writeFile(path, whole.subarray(0, cut));
    const lines = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
    const { torn, events } = must(await readJournal(path));
    expect(events, `cut at ${cut}`).toEqual(EVENTS.slice(0, lines));
    const left = cut - (cut === 0 ? 0 : whole.lastIndexOf(0x0a, cut - 1) + 1);
    expect(torn, `cut at ${cut}`).toEqual(
      left === 0 ? undefined : { line: lines + 1, bytes: left },
    );
  }
});

test("reopened after a cut, it drops the torn line and appends after the rest", async () => {
  const path = await written();
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, -5));
  const { journal, events, torn } = must(await reopenJournal(path));
  expect(events).toEqual(EVENTS.slice(0, 2));
  expect(torn).toMatchObject({ line: 3 });
  must(await journal.append(NEXT));
  await journal.close();
  expect(must(await readJournal(path))).toMatchObject({ events: [EVENTS[0], EVENTS[1], NEXT] });
});

test("one changed byte anywhere is noticed, and the line named", async () => {
  const path = await written();
  const whole = await readFile(path);
  const lastBreak = whole.length - 1;
  for (let place = 0; place < lastBreak; place++) {
    const changed = Buffer.from(whole);
    changed[place] = (changed[place] ?? 0) ^ 0x01;
    await writeFile(path, changed);
    const line = whole.subarray(0, place).filter((byte) => byte === 0x0a).length + 1;
    expect(problemOf(await readJournal(path)).where, `byte ${place}`).toBe(`${path}:${line}`);
  }
});

describe("lines that were each written by the tool, but not like that", () => {
  test.each([
    ["a line is missing", [0, 2], 2],
    ["the first line is missing", [1, 2], 1],
    ["two lines are swapped", [0, 2, 1], 2],
    ["a line is there twice", [0, 1, 1, 2], 3],
  ])("%s", async (_, order, broken) => {
    const path = await written();
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, order.map((index) => `${lines[index]}\n`).join(""));
    const problem = problemOf(await readJournal(path));
    expect(problem.message).toContain(`Line ${broken} `);
    expect(problem.message).toContain("does not follow");
    expect((await reopenJournal(path)).ok).toBe(false);
  });

  test.each([
    ["white space", (line: string) => line.replace('":', '": ')],
    ["another order of keys", (line: string) => JSON.stringify(swapped(JSON.parse(line)))],
    ["endless nesting", () => "[".repeat(100_000)],
    [
      "a number beyond all bounds",
      () => '{"seq":1e999,"previous":"","hash":"","event":{"type":1}}',
    ],
    ["nothing", () => ""],
  ])("%s", async (_, change) => {
    const path = await written();
    const [first = "", ...rest] = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, [change(first), ...rest].join("\n"));
    expect(problemOf(await readJournal(path)).where).toBe(`${path}:1`);
  });
});

function swapped(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).reverse());
}

describe("the disk", () => {
  /** Every open file shares this prototype, whichever module opened it. */
  async function fileHandles() {
    const handle = await open(join(await temporaryFolder(), "any"), "w");
    await handle.close();
    const prototype: typeof handle = Object.getPrototypeOf(handle);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    return prototype;
  }

  test("an append is only acknowledged after its line is written and synced", async () => {
    const path = await written([]);
    const { journal } = must(await reopenJournal(path));
    const synced = Promise.withResolvers<void>();
    const sync = vi.spyOn(await fileHandles(), "sync").mockReturnValueOnce(synced.promise);
    let acknowledged = false;
    const append = journal.append(NEXT).then((result) => {
      acknowledged = true;
      return result;
    });
    await waitFor(() => expect(sync).toHaveBeenCalled());
    expect(must(await readJournal(path)).events).toEqual([NEXT]);
    expect(acknowledged).toBe(false);
    synced.resolve();
    must(await append);
    await journal.close();
  });

  test("after a failed sync nothing more is taken, and what was acknowledged is intact", async () => {
    const path = await written();
    const { journal } = must(await reopenJournal(path));
    const broken = Object.assign(new Error("i/o error"), { code: "EIO" });
    vi.spyOn(await fileHandles(), "sync").mockRejectedValueOnce(broken);
    expect(problemOf(await journal.append(NEXT)).message).toContain("disk reports an error");
    expect((await journal.append(NEXT)).ok).toBe(false);
    await journal.close();
    const read = must(await readJournal(path));
    expect(read.events).toEqual(EVENTS);
    expect(read.torn).toBeUndefined();
  });
});
