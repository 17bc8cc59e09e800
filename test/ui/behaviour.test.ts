/** What keys do, in the real interface. */
import { afterEach, expect, test } from "vitest";
import { stepRecord } from "../../source/drill/state.ts";
import { fail } from "../../source/problem.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { begun, FOUND, LEFTOVER, planFor, planned, upTo } from "./fixture.ts";
import { type OpenUi, openUi } from "./open.ts";
import { sceneNamed } from "./scenes.ts";
import { ScriptedLaunch } from "./scripted.ts";

const ENTER = "\r";
const TAB = "\t";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const ESC = "\x1b";
const DOWN = "\x1b[B";

const opened: OpenUi[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((ui) => ui.close()));
});

function open(launch: ScriptedLaunch, columns = 110, rows = 40): OpenUi {
  const ui = openUi(launch, { columns, rows, now: () => launch.engine.now });
  opened.push(ui);
  return ui;
}

async function running(name: string): Promise<{ ui: OpenUi; launch: ScriptedLaunch }> {
  const { launch } = sceneNamed(name);
  const ui = open(launch);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows(name === "signed" ? "e export" : "Enter: ");
  return { ui, launch };
}

test("the first frame is there while the environment still opens", async () => {
  const launch = new ScriptedLaunch({ status: "opening", environment: "practice", lines: [] });
  const ui = open(launch);
  await ui.shows("Opening practice");
  launch.set({ status: "opening", environment: "practice", lines: ["Starting the server"] });
  await ui.shows("Starting the server");
  launch.set(planned(planFor()));
  await ui.shows("Press b");
});

test("a refusal is told, and any key leaves with its exit code", async () => {
  const { launch } = sceneNamed("refused");
  const ui = open(launch);
  await ui.shows("marked as production");
  await ui.keys("x");
  expect(await ui.outcome).toMatchObject({
    exit: 4,
    farewell: expect.stringContaining("production"),
  });
  expect(launch.closed).toBe(1);
});

test("nothing begins by Enter, by a paste, or by letters that come in a heap", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = open(launch);
  await ui.shows("Press b");
  await ui.keys(ENTER);
  await ui.keys("\x1b[200~b\r\x1b[201~");
  await ui.keys("backup\r");
  await ui.keys("?");
  await ui.shows("begin the drill");
  expect(launch.begun).toEqual([]);
  await ui.keys(ESC);
  await ui.shows("Press b");
  await ui.keys("b");
  await waitFor(() => expect(launch.begun).toMatchObject([{ operator: "Robin", skips: {} }]));
});

test("begin is refused while a problem stands, and a leftover is dropped only by its name", async () => {
  const launch = new ScriptedLaunch(planned(planFor(), LEFTOVER));
  const ui = open(launch);
  await ui.shows("l leftover");
  await ui.keys("b");
  await ui.shows("it may be dropped");
  await ui.keys(TAB, "ringrift", TAB, TAB, ENTER);
  await ui.shows("That is not its name.");
  expect(launch.drops).toEqual([]);
  await ui.keys("_restore_drill", TAB, TAB, ENTER);
  await waitFor(() => expect(launch.drops).toEqual(["ringrift_restore_drill"]));
  expect(launch.begun).toEqual([]);
});

test.each(["none", "production data, keep", "copy of restore-drill: made by drill x"])(
  "a leftover marked %j is never offered for dropping",
  async (marker) => {
    const details = { ...LEFTOVER.details, marker };
    const launch = new ScriptedLaunch(planned(planFor(), { ...LEFTOVER, details }));
    const ui = open(launch);
    await ui.shows("l leftover");
    await ui.keys("l");
    const screen = (await ui.shows("this app will not drop")).join("\n");
    expect(screen).not.toContain("Drop the leftover");
    await ui.keys(CTRL_D);
    await waitFor(() =>
      expect(launch.changes).toEqual([{ RESTORE_DB: "ringrift_restore_drill_20261122" }]),
    );
  },
);

test("what was found is shown with its source, and written on request only", async () => {
  const launch = new ScriptedLaunch(planned({ ...planFor(), found: FOUND }));
  const ui = open(launch);
  const screen = (await ui.shows("w write")).join("\n");
  expect(screen).toMatch(/database +ringrift {2}\(POSTGRES_DB of service postgres\)/);
  expect(launch.saves).toBe(0);
  await ui.keys("w");
  await ui.shows("Written, to be read and committed: /opt/ringrift/restore-drill.yaml");
  launch.saveResult = fail({ code: "refused", message: "There is a configuration already." });
  await ui.keys("w");
  await ui.shows("There is a configuration already.");
  expect(launch.saves).toBe(2);
});

test("what is configured is not offered for writing", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = open(launch);
  expect((await ui.shows("Press b")).join("\n")).not.toContain("w write");
  await ui.keys("w");
  await ui.shows("This environment is configured already.");
  expect(launch.saves).toBe(0);
});

test("variables are changed in one form, checked against their pattern", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = open(launch);
  await ui.shows("Press b");
  await ui.keys("v");
  await ui.shows("BACKUP_FORMAT");
  await ui.keys(TAB, "\x1b[C", TAB, "x", CTRL_D);
  await ui.shows("APP_PORT must match");
  expect(launch.changes).toEqual([]);
  await ui.keys("\x7f", CTRL_D);
  await waitFor(() => expect(launch.changes).toEqual([{ BACKUP_FORMAT: "custom" }]));
});

test("an optional step is skipped before the drill, with the reason handed over", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = open(launch);
  await ui.shows("Press b");
  await ui.keys("g");
  await ui.shows("See that this is not production");
  await ui.keys("s");
  await ui.shows("This step is required");
  for (let presses = 0; presses < 6; presses++) await ui.keys(DOWN);
  await ui.shows("Spot-check the file header");
  await ui.keys("s", "no time", CTRL_D);
  await ui.shows("skipped");
  await ui.keys("b");
  await waitFor(() => expect(launch.begun).toMatchObject([{ skips: { header: "no time" } }]));
});

test("a human step needs its answers and an explicit done; Enter and pastes do not do", async () => {
  const { ui, launch } = await running("human");
  const { engine } = launch;
  const status = () => stepRecord(engine.drill, "play").state.status;
  await ui.keys(ENTER, ENTER, ENTER, ENTER, ENTER);
  await ui.shows("Note (optional)");
  await ui.keys("\x1b[200~pasted\r\nnote\r\n\r\n\x1b[201~");
  await ui.shows("pasted");
  await ui.keys(CTRL_D);
  await ui.shows("Game id is needed.");
  expect(status()).toBe("awaiting");
  await ui.keys("a b");
  await ui.keys(CTRL_D);
  await ui.shows("must match");
  expect(status()).toBe("awaiting");
  await ui.keys("\x7f", "\x7f", CTRL_D);
  await waitFor(() => expect(status()).toBe("passed"));
  expect(stepRecord(engine.drill, "play").state).toMatchObject({
    report: { values: { game_id: "a" }, note: expect.stringContaining("pasted\nnote") },
  });
});

test("what was typed into a dialog survives closing it", async () => {
  const { ui } = await running("human");
  await ui.keys(ENTER);
  await ui.shows("Game id");
  await ui.keys("game-7");
  await ui.shows("game-7");
  await ui.keys(ESC);
  await ui.shows("Enter: answer");
  await ui.keys(ENTER);
  await ui.shows("game-7");
});

test("a failed required step: two Enters change nothing; it is waived only with a reason", async () => {
  const { ui, launch } = await running("failed");
  const state = () => stepRecord(launch.engine.drill, "prove").state;
  await ui.keys(ENTER);
  await ui.shows("Back to the output");
  await ui.keys(ENTER);
  await ui.shows("Enter: decide");
  expect(state().status).toBe("failed");
  await ui.keys("w");
  await ui.shows("Waive: Compare");
  await ui.keys(CTRL_D);
  await ui.shows("Reason is needed.");
  expect(state()).not.toHaveProperty("standing");
  await ui.keys("known difference", CTRL_D);
  await ui.shows("Waived.");
  expect(state()).toMatchObject({ standing: { reason: "known difference" } });
});

test("retry, finding and abort are offered after a failure and reach the drill", async () => {
  const { ui, launch } = await running("failed");
  const { engine } = launch;
  await ui.keys("i");
  await ui.shows("Record a finding");
  await ui.keys("a row is gone", CTRL_D);
  await waitFor(() =>
    expect(engine.drill.findings).toMatchObject([{ text: "a row is gone", step: "prove" }]),
  );
  await ui.keys("r");
  await ui.shows("Run again: Compare");
  await ui.keys(CTRL_D);
  await waitFor(() => expect(stepRecord(engine.drill, "prove").state.status).toBe("stale"));
  await ui.keys("a");
  await ui.shows("Abort the drill");
  await ui.keys("window closes", CTRL_D);
  await waitFor(() => expect(engine.drill.abort?.reason).toBe("window closes"));
});

test("the running step can be stopped, after a question", async () => {
  const { launch } = sceneNamed("running");
  const ui = open(launch);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("x stop");
  await ui.keys("x");
  await ui.shows("Let it run");
  await ui.keys(ENTER);
  await ui.shows("x stop");
  expect(launch.engine.interrupted).toEqual([]);
  await ui.keys("x");
  await ui.shows("Let it run");
  await ui.keys(DOWN, ENTER);
  await waitFor(() => expect(launch.engine.interrupted).toHaveLength(1));
});

test("a failed cleanup is retried, or kept with a reason", async () => {
  const { ui, launch } = await running("cleanup");
  const { engine } = launch;
  await ui.keys("d");
  await ui.shows("Keep instead of cleaning up");
  await ui.keys("for analysis", CTRL_D);
  await waitFor(() =>
    expect(engine.drill.resources).toMatchObject([{ status: "kept", reason: "for analysis" }]),
  );
});

test("a refusal of the engine is told where one looks", async () => {
  const { ui, launch } = await running("human");
  await ui.keys("a");
  await ui.shows("Abort the drill");
  launch.engine.take({ type: "abort", reason: "somebody else" });
  await ui.keys("me too", CTRL_D);
  await ui.shows("The drill is ending already.");
});

test("the sign-off takes names, kind and statement, and only then is it made", async () => {
  const { ui, launch } = await running("ended");
  await ui.keys(ENTER);
  await ui.shows("Kind of drill");
  await ui.keys(TAB, TAB, TAB, "\x1b[C", TAB, "INC-1, INC-2", TAB, "Kim");
  await ui.shows("Kim");
  expect(launch.engine.drill.phase).toBe("ended");
  await ui.keys(CTRL_D);
  await waitFor(() => expect(launch.engine.drill.phase).toBe("signing"));
  expect(launch.engine.drill.signOff).toMatchObject({
    operator: "Robin",
    approver: "Kim",
    issues: "The dashboard took a minute to load.",
    kind: "Backup/restore + secrets rotation (combined drill)",
    related: ["INC-1", "INC-2"],
  });
});

test("a signed drill is exported, and left with verdict and entry", async () => {
  const { ui } = await running("signed");
  await ui.keys("e");
  await ui.shows("Export the log entry");
  await ui.keys("\x1b[C", CTRL_D);
  await ui.shows("Written: ");
  expect(ui.exports).toEqual([expect.stringMatching(/^json .*20261122-143000-ab12\.json$/)]);
  await ui.keys("q");
  const { exit, farewell } = await ui.outcome;
  expect(exit).toBe(0);
  expect(farewell).toContain("PASSED");
  expect(farewell).toContain("20261122-143000-ab12");
});

test("leaving an unsigned drill asks first; it stays resumable and says how", async () => {
  const { ui, launch } = await running("human");
  await ui.keys(CTRL_C);
  await ui.shows("Leave Restore Drill?");
  await ui.keys(ENTER);
  await ui.shows("Enter: answer");
  await ui.keys(CTRL_C);
  await ui.shows("Leave Restore Drill?");
  await ui.keys(CTRL_C);
  const { exit, farewell } = await ui.outcome;
  expect(exit).toBe(130);
  expect(farewell).toContain("restore-drill resume drill-20261122-143000-ab12");
  expect(launch.engine.closed).toHaveLength(1);
  // The alternate screen is left, the cursor is back.
  expect(ui.terminal.written()).toContain("\x1b[?1049l");
  expect(ui.terminal.written().lastIndexOf("\x1b[?25h")).toBeGreaterThan(
    ui.terminal.written().lastIndexOf("\x1b[?25l"),
  );
});

test("output scrolls, is searched, and is followed again", async () => {
  const { launch } = sceneNamed("running");
  const ui = open(launch, 110, 30);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("table_399:");
  await ui.keys("\x1b[5~");
  await waitFor(async () => {
    expect((await ui.terminal.screen()).join("\n")).not.toContain("table_399:");
  });
  await ui.keys("/table_12");
  await ui.shows("/table_12");
  await ui.keys(ENTER);
  await ui.shows("❯table_12:");
  await ui.shows("11 found");
  await ui.keys("n");
  await ui.shows("❯table_120:");
  await ui.keys("N");
  await ui.shows("❯table_12:");
  launch.engine.print("take-backup", "a new line");
  expect((await ui.terminal.screen()).join("\n")).not.toContain("a new line");
  await ui.keys("f");
  await ui.shows("a new line");
});

test("the screen follows the drill until a step is chosen", async () => {
  const plan = planFor();
  const engine = upTo(begun(plan), plan, "health").start("health");
  const ui = open(new ScriptedLaunch(planned(plan), engine));
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("Ask the server how it is");
  await ui.keys("k");
  await ui.shows("Validate compose files");
  engine.pass("health").start("take-backup");
  await ui.shows("Running: Dump the primary");
  await ui.shows("Validate compose files");
  await ui.keys("f");
  await ui.shows("The freezer session");
});

test("help lists every key of the screen", async () => {
  const { ui } = await running("human");
  ui.terminal.resize(110, 70);
  await ui.keys("?");
  await ui.shows("Marks");
  const help = (await ui.terminal.screen()).join("\n");
  for (const key of [
    "Enter",
    "p  ",
    "r  ",
    "s  w",
    "i  ",
    "d  ",
    "x  ",
    "u  ",
    "a  ",
    "PgDn",
    "/ ",
    "Ctrl+C",
  ]) {
    expect(help).toContain(key);
  }
});

test.each([
  [110, 40],
  [40, 12],
])("l shows the log of what runs in the background, live, at %sx%s", async (columns, rows) => {
  const plan = planFor();
  const engine = upTo(begun(plan), plan, "take-backup").start("take-backup");
  engine.makes("take-backup", "the app at http://127.0.0.1:4000 on database x", "process");
  engine.print("take-backup", ...Array.from({ length: 300 }, (_, index) => `request ${index}`));
  engine.pass("take-backup");
  upTo(engine, plan, "play").start("play");
  const launch = new ScriptedLaunch(planned(plan), engine);
  const ui = open(launch, columns, rows);
  await ui.shows("Press b");
  await ui.keys("b");
  await ui.shows("Enter: ");
  await ui.keys("l");
  await ui.shows("request 299");
  const screen = await ui.shows("running");
  expect(screen.join("\n")).toContain("Log: process the app");
  expect(screen.join("\n")).toContain("l step");
  engine.print("take-backup", "GET /health 200");
  await ui.shows("GET /health 200");
  await ui.keys("/", ..."request 17", ENTER);
  await ui.shows("❯request 17");
  await ui.keys("N");
  await ui.shows("❯request 179");
  await ui.keys("g");
  await ui.shows("request 0");
  await ui.keys("l");
  await ui.shows("register a throwaway");
  expect((await ui.terminal.screen()).join("\n")).toContain("l app's log");
});

test("without anything in the background, l says so", async () => {
  const { ui } = await running("human");
  await ui.keys("l");
  await ui.shows("Nothing has been started in the background.");
});
