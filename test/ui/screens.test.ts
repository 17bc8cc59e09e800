/** Every screen at every size, shown by a real terminal emulator. */
import { afterEach, describe, expect, test } from "vitest";
import { EMPTY_REPORT } from "../../source/drill/types.ts";
import type { Plan } from "../../source/engine/interface.ts";
import { checksBesideProof } from "../../source/ui/model/checks.ts";
import { diffOf, diffRows } from "../../source/ui/model/differences.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { begun, planFor, planned, upTo } from "./fixture.ts";
import { type OpenUi, openUi } from "./open.ts";
import { MOMENTS, type Scene, sceneNamed } from "./scenes.ts";
import { ScriptedLaunch } from "./scripted.ts";

const SIZES = [
  [40, 12],
  [80, 24],
  [99, 20],
  [120, 40],
  [200, 60],
  [300, 100],
] as const;

const opened: OpenUi[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((ui) => ui.close()));
});

function show(scene: Scene, columns: number, rows: number, more = {}): OpenUi {
  const ui = openUi(scene.launch, { columns, rows, now: scene.now, more });
  opened.push(ui);
  return ui;
}

async function reach(scene: Scene, ui: OpenUi): Promise<void> {
  if (!scene.running) return;
  await ui.shows("Press b");
  ui.terminal.type("b");
  await ui.shows(scene.signed ? "export" : "help");
}

/** What must be readable whatever the size; without colour, so words and marks alone. */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  opening: ["Opening practice", "Filling the primary"],
  refused: ["prod", "any key"],
  plan: ["Press b", "READ-ONLY", "ringrift"],
  leftover: ["exists", "READ-ONLY", "l leftover"],
  running: ["● running", "61 %", "table_399", "READ-ONLY", "ringrift_restore_drill"],
  human: ["◆ waiting for you", "Enter: answer", "Open http"],
  failed: ["✗ failed", "Enter: decide", "differs"],
  different: ["✗ failed", "Enter: decide", "differs in 4 places", "v values"],
  cleanup: ["Enter: decide", "ABORTED", "✗ database"],
  ended: ["PASSED", "Enter: sign off"],
  signed: ["PASSED", "✓ Signed and saved"],
};

describe.each(SIZES)("at %dx%d", (columns, rows) => {
  test.each(Object.keys(TELLING))("%s fits and tells what matters", async (name) => {
    const scene = sceneNamed(name);
    const ui = show(scene, columns, rows);
    await reach(scene, ui);
    for (const text of TELLING[name] ?? []) await ui.shows(text);
    expect(await ui.terminal.broken()).toEqual([]);
  });
});

test("the frame fills the screen and its last line holds the keys", async () => {
  const scene = sceneNamed("running");
  const ui = show(scene, 80, 24);
  await reach(scene, ui);
  const screen = await ui.shows("table_399");
  expect(screen).toHaveLength(24);
  expect(screen.at(-1)).toContain("? help");
  expect(screen[0]).toContain("Restore Drill");
});

test("a running step shows command, progress with rate and time left, and the newest output", async () => {
  const scene = sceneNamed("running");
  const ui = show(scene, 120, 40);
  await reach(scene, ui);
  const screen = (await ui.shows("table_399")).join("\n");
  expect(screen).toContain("$ docker compose exec -T postgres pg_dump");
  expect(screen).toContain("98.4 MB of 159 MB · 12.3 MB/s · about 00:04 left");
  expect(screen).toContain("Output · 400 lines");
});

test("checks show what was expected and what was observed", async () => {
  const scene = sceneNamed("failed");
  const ui = show(scene, 120, 40);
  await reach(scene, ui);
  const screen = (await ui.shows("Rows of public.moves")).join("\n");
  expect(screen).toMatch(/expected 200,000 rows/);
  expect(screen).toMatch(/observed 199,999 rows; missing key 日本語の鍵/);
});

test("once a step is over, what came of it has the room before its commands", async () => {
  const plan = planFor();
  const engine = upTo(begun(plan), plan, "take-backup");
  const commands = Array.from({ length: 30 }, (_, index) => `GET http://localhost/${index}`);
  const checks = Array.from(
    { length: 6 },
    (_, index) =>
      ({ title: `Figure ${index}`, status: "passed", observed: `▁▂█${index}` }) as const,
  );
  engine.start("take-backup", ...commands).pass("take-backup", { checks });
  const launch = new ScriptedLaunch(planned(plan), engine);
  const ui = openUi(launch, { columns: 110, rows: 34, now: () => engine.now });
  opened.push(ui);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("a abort");
  await ui.keys("k");
  await ui.shows("Figure 0");
  await ui.shows("observed ▁▂█5");
  await ui.shows("GET http://localhost/0");
});

test.each([
  [40, 12],
  [80, 24],
  [120, 40],
] as const)(
  "definitions are told as a diff that scrolls into sight at %dx%d",
  async (columns, rows) => {
    const scene = sceneNamed("different");
    const ui = show(scene, columns, rows);
    await reach(scene, ui);
    await ui.shows("differs in 4 places");
    const found = async (text: string) => {
      await ui.keys("/");
      await ui.shows("Enter find");
      await ui.keys(...text, "\r");
      const screen = await ui.shows("found, n and N");
      return screen.map((line) => line.slice(columns >= 100 ? 47 : 0));
    };
    const index = (await found("index public")).join("\n").replace(/\s+/g, " ");
    expect(index).toMatch(/- … ON public\.games USING btree \(status, created_at\)/);
    expect(index).toMatch(/\+ … ON public\.games USING btree/);
    const body = (await found("updated_at = now")).join("\n");
    expect(body).toMatch(/-\s+NEW\.updated_at = now\(\);\s+\+\s+NEW\.updated_at = NULL;/);
    expect(await ui.terminal.broken()).toEqual([]);
  },
);

test("what differs comes before the commands and checks, where there is little room", async () => {
  const scene = sceneNamed("different");
  const ui = show(scene, 80, 24);
  await reach(scene, ui);
  const screen = (await ui.shows("differs in 4 places")).join("\n");
  expect(screen).toContain("public.games row (7)");
  expect(screen).toContain("other value in column status");
});

test("what the proof tells is not told again among the checks", () => {
  const [report] = Object.values(sceneNamed("different").launch.engine.drill.steps).flatMap(
    ({ state }) => (state.status === "failed" ? [state.report] : []),
  );
  expect(report?.checks).toHaveLength(5);
  expect(checksBesideProof(report ?? EMPTY_REPORT).map(({ title }) => title)).toEqual(["Took"]);
});

test("what was expected is red, what was observed is green", () => {
  const text = { expected: `${"same ".repeat(5)}old`, observed: `${"same ".repeat(5)}new` };
  const coloured = diffRows(diffOf(text) ?? [], 80).map((cells) =>
    cells.filter(({ tone }) => tone !== undefined).map((cell) => `${cell.tone}: ${cell.text}`),
  );
  expect(coloured).toEqual([
    ["bad: - ", "bad: old"],
    ["good: + ", "good: new"],
  ]);
});

test("without colour nothing sets one", async () => {
  const scene = sceneNamed("failed");
  const ui = show(scene, 100, 30);
  await reach(scene, ui);
  await ui.shows("✗ failed");
  expect(ui.terminal.written()).not.toMatch(/\x1b\[(?:3\d|4\d|9\d)[;m]/);
});

test("terminals without UTF-8 get ASCII marks", async () => {
  const scene = sceneNamed("failed");
  const ui = show(scene, 100, 30, { env: { LANG: "C" } });
  await reach(scene, ui);
  const screen = (await ui.shows("x failed")).join("\n");
  // Only the data of the database is not ASCII.
  expect(screen.replace("日本語の鍵", "").match(/[^\x00-\x7f]/g) ?? []).toEqual([]);
});

test("addresses are links that can also be read", async () => {
  const scene = sceneNamed("human");
  const ui = show(scene, 120, 40);
  await reach(scene, ui);
  await ui.shows("http://127.0.0.1:4000");
  expect(ui.terminal.written()).toContain("\x1b]8;;http://127.0.0.1:4000\x07");
});

test("a terminal that is too small says so, and comes back", async () => {
  const scene = sceneNamed("running");
  const ui = show(scene, 39, 11);
  await ui.shows("Terminal too small");
  expect(await ui.terminal.broken()).toEqual([]);
  ui.terminal.resize(80, 24);
  await ui.shows("Press b");
});

test("resizing while the drill runs leaves no remains and breaks nothing", async () => {
  const scene = sceneNamed("running");
  const ui = show(scene, 120, 40);
  await reach(scene, ui);
  await ui.shows("table_399");
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
    [40, 12],
    [101, 30],
  ] as const) {
    ui.terminal.resize(columns, rows);
    await waitFor(async () => {
      const screen = await ui.terminal.screen();
      const size = `${columns}x${rows}`;
      expect(
        screen.filter((line) => line.includes("READ-ONLY")),
        size,
      ).toHaveLength(1);
      expect(screen[0], size).toContain("READ-ONLY");
      expect(screen.at(-1), size).toContain("? help");
      expect(
        screen.filter((line) => line.includes("table_399")),
        size,
      ).toHaveLength(1);
    });
    expect(
      Math.max(...(await ui.terminal.screen()).map((line) => line.length)),
    ).toBeLessThanOrEqual(columns);
  }
});

test("names full of control characters and wide letters are shown, not obeyed", async () => {
  const nasty = 'x"; drop database y; --\n\x1b[2J\u202e名前データベース🚀'.repeat(3);
  const base = planFor();
  const plan: Plan = {
    ...base,
    restoreDatabase: nasty,
    environment: { ...base.environment, database: nasty, name: nasty },
    operator: nasty,
  };
  for (const [columns, rows] of [
    [40, 12],
    [80, 24],
    [120, 40],
  ] as const) {
    const engine = MOMENTS.human?.(plan);
    const launch = new ScriptedLaunch(planned(plan), engine);
    const ui = openUi(launch, { columns, rows, now: () => engine?.now ?? 0 });
    opened.push(ui);
    await ui.shows("Press b");
    ui.terminal.type("b");
    const screen = await ui.shows("Enter: answer");
    expect(screen.join("\n")).toContain('x"; drop');
    expect(ui.terminal.written()).not.toContain("\x1b[2J\u202e");
    expect(ui.terminal.written()).not.toContain("\u202e");
    expect(await ui.terminal.broken()).toEqual([]);
  }
});
