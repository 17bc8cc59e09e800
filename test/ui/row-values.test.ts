/** Row values: on a key press, on the screen, and nowhere else. */
import { afterEach, expect, test } from "vitest";
import type { RowValues } from "../../source/drill/row-values.ts";
import { fail, ok } from "../../source/problem.ts";
import { rowsToRead } from "../../source/ui/model/row-values.ts";
import { type OpenUi, openUi } from "./open.ts";
import { sceneNamed } from "./scenes.ts";

const DOWN = "\x1b[B";
const opened: OpenUi[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((ui) => ui.close()));
});

async function atScene(name: string, columns = 100, rows = 30) {
  const { launch } = sceneNamed(name);
  const ui = openUi(launch, { columns, rows, now: () => launch.engine.now });
  opened.push(ui);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("Enter: ");
  return { ui, launch };
}

const ROWS: readonly RowValues[] = [
  {
    title: "public.games row (7)",
    note: "3 other columns are equal.",
    columns: [
      { name: "status", primary: "hush hush", restored: null },
      { name: "title", primary: "", restored: "x\u001b[2J\u202e".repeat(80) },
    ],
  },
  ...Array.from({ length: 19 }, (_, at) => ({
    title: `public.games row (${at + 100})`,
    note: "The restored database has no such row.",
    columns: [{ name: "status", primary: `hush ${at}` }],
  })),
];

test.each([
  [40, 12],
  [80, 24],
  [120, 40],
] as const)("are shown, scroll and are gone when closed, at %dx%d", async (columns, rows) => {
  const { ui, launch } = await atScene("different", columns, rows);
  launch.rowResult = ok(ROWS);
  await ui.shows("v values");
  await ui.keys("v");
  const screen = (await ui.shows("hush hush")).join("\n");
  expect(screen).toContain("NULL");
  expect(screen).toContain("public.games row (7)");
  expect(launch.asked).toEqual([
    {
      drill: "drill-20261122-143000-ab12",
      database: "ringrift_restore_drill",
      rows: [{ schema: "public", table: "games", key: "(7)" }],
    },
  ]);
  await ui.keys(DOWN, "j");
  await ui.shows(" 3–");
  const total = Number(/ of (\d+)/.exec(screen)?.[1]);
  await ui.keys(" ".repeat(30));
  await ui.shows(`–${total} of ${total}`);
  await ui.shows("hush 18");
  // The end is the end: one up is one up.
  await ui.keys("k");
  await ui.shows(`–${total - 1} of ${total}`);
  expect(ui.terminal.written()).not.toMatch(/\x1b\[2J\u202e|\u202e/);
  await ui.keys("q");
  const closed = (await ui.shows("v values")).join("\n");
  expect(closed).not.toContain("hush");
  expect(await ui.terminal.broken()).toEqual([]);
  // Read anew each time: nothing was kept.
  await ui.keys("v");
  await ui.shows("hush hush");
  expect(launch.asked).toHaveLength(2);
});

test("are in no event, whatever is done while they are in sight, nor in the farewell", async () => {
  const { ui, launch } = await atScene("different");
  launch.rowResult = ok(ROWS);
  const events: unknown[] = [];
  launch.engine.subscribe((event) => events.push(event));
  await ui.keys("v");
  await ui.shows("hush hush");
  await ui.keys("\x03");
  expect((await ui.shows("Leave Restore Drill")).join("\n")).not.toContain("hush");
  await ui.keys("\x1b");
  expect((await ui.shows("v values")).join("\n")).not.toContain("hush");
  await ui.keys("v");
  await ui.shows("hush hush");
  const outcome = await ui.close();
  expect(JSON.stringify([outcome, events, launch.engine.drill])).not.toContain("hush");
});

test("that cannot be read are told in a sentence", async () => {
  const { ui, launch } = await atScene("different", 40, 12);
  const message = 'The database "ringrift_restore_drill" does not exist any more.';
  launch.rowResult = fail({ code: "refused", message, hint: "Restore it again." });
  await ui.keys("v");
  const screen = (await ui.shows("Restore it again.")).join(" ").replace(/\s+/g, " ");
  expect(screen).toContain(message);
});

test("are not offered where no proof failed, or no row is known", async () => {
  for (const name of ["failed", "human"]) {
    const { ui, launch } = await atScene(name, 200);
    expect((await ui.shows("? help")).at(-1)).not.toContain("v values");
    await ui.keys("v");
    await ui.shows("Only a failed proof has rows to show.");
    expect(launch.asked).toEqual([]);
  }
});

test("are asked for of every table, also where one has more rows than are looked at", () => {
  const { engine } = sceneNamed("different").launch;
  const { state } = engine.drill.steps.prove ?? {};
  if (state?.status !== "failed" || state.report.proof === undefined) throw new Error("no proof");
  const row = (table: string, key: number) => ({
    object: `public.${table} row (${key})`,
    expected: "as at the snapshot",
    observed: "missing",
    row: { schema: "public", table, key: `(${key})` },
  });
  const many = Array.from({ length: 30 }, (_, key) => row("games", key));
  const proof = { ...state.report.proof, differences: [...many, row("moves", 1), row("moves", 2)] };
  engine.take({ type: "retry-step", step: "prove" }).start("prove");
  engine.fail("prove", "It differs.", { ...state.report, proof });
  const found = rowsToRead(engine.drill, "prove");
  expect(found?.more).toBe(12);
  expect(found?.request.rows.map(({ table, key }) => table + key)).toEqual([
    ...Array.from({ length: 18 }, (_, key) => `games(${key})`),
    "moves(1)",
    "moves(2)",
  ]);
});
