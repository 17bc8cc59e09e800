import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DrillEvent } from "../../source/drill/events.ts";
import { isListed, listDrills } from "../../source/journal/drills.ts";
import { createJournal } from "../../source/journal/journal.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must } from "../helpers/results.ts";
import { EVENTS } from "./events.ts";

const [STARTED] = EVENTS;

async function journal(drills: string, id: string, events: readonly DrillEvent[]) {
  const opened = must(await createJournal(join(drills, id, "journal.jsonl")));
  for (const event of events) {
    must(await opened.append(event));
  }
  await opened.close();
}

function started(id: string, startedAt: string): DrillEvent {
  return STARTED.type === "drill-started"
    ? { ...STARTED, drill: { ...STARTED.drill, id, startedAt } }
    : STARTED;
}

test("drills come newest first, with where they stand", async () => {
  const drills = await temporaryFolder();
  const at = "2026-11-22T15:00:00.000Z";
  await journal(drills, "old", [
    started("old", "2026-01-01T00:00:00.000Z"),
    { type: "drill-ended", at },
    { type: "drill-signed-off", at, entry: { id: "old", hash: "h", log: "l" } },
  ]);
  await journal(drills, "new", [
    started("new", "2026-02-01T00:00:00.000Z"),
    {
      type: "resource-registered",
      at,
      resource: { id: "r", kind: "database", label: "database x", undo: {}, step: "one" },
    },
  ]);
  const listed = (await listDrills(drills)).filter(isListed);
  expect(listed).toMatchObject([
    { id: "new", phase: "running", owed: 1, checklist: { id: "test" }, environment: "local" },
    { id: "old", phase: "signed-off", owed: 0, entry: { id: "old", hash: "h" } },
  ]);
});

test("a journal that cannot be trusted is listed last, with its problem", async () => {
  const drills = await temporaryFolder();
  await journal(drills, "good", [STARTED]);
  await mkdir(join(drills, "bad"));
  await writeFile(join(drills, "bad", "journal.jsonl"), "{}\n");
  expect(await listDrills(drills)).toMatchObject([
    { startedAt: "2026-11-22T14:30:00.000Z" },
    { id: "bad", problem: { where: expect.stringContaining("journal.jsonl:1") } },
  ]);
});

test("what never began is no drill, and no folder is no drills", async () => {
  const drills = await temporaryFolder();
  await journal(drills, "empty", []);
  await mkdir(join(drills, "folder-only"));
  expect(await listDrills(drills)).toEqual([]);
  expect(await listDrills(join(drills, "nowhere"))).toEqual([]);
});
