/** The same drill without a screen to draw on. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { stepRecord } from "../../source/drill/state.ts";
import { runUi } from "../../source/ui/run.tsx";
import { waitFor } from "../helpers/wait-for.ts";
import { FOUND, LEFTOVER, planFor, planned, upTo } from "./fixture.ts";
import { sceneNamed } from "./scenes.ts";
import { ScriptedLaunch } from "./scripted.ts";

function openLinear(launch: ScriptedLaunch) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let written = "";
  stdout.on("data", (chunk: Buffer) => {
    written += chunk.toString();
  });
  const outcome = runUi(launch, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    operatorDefault: "Robin",
    env: { TERM: "dumb", LANG: "C.UTF-8" },
    expandText: (text) => text,
    exportEntry: async (_format, file) => ({ ok: true, value: file }),
    now: () => launch.engine.now,
  });
  let seen = 0;
  /** Waits for a prompt after the last one, then answers it. */
  const answer = async (prompt: string | RegExp, line: string) => {
    await waitFor(() => {
      const fresh = written.slice(seen);
      expect(fresh).toMatch(prompt);
      expect(fresh).toMatch(/: $/);
    }, 5);
    seen = written.length;
    stdin.write(`${line}\n`);
  };
  const choose = async (label: string) => {
    const found = () => new RegExp(`(\\d+)\\. ${label}`).exec(written.slice(seen))?.[1];
    await waitFor(() => expect(found()).toBeDefined(), 5);
    await answer("Number", found() ?? "");
  };
  return { stdin, outcome, answer, choose, written: () => written };
}

test("plan, human step and sign-off are asked line by line", async () => {
  const { launch } = sceneNamed("human");
  const ui = openLinear(launch);
  await ui.answer("Begin the drill", "");
  await ui.answer("Type a number from", "nonsense");
  expect(launch.begun).toEqual([]);
  await ui.answer("Type a number from", "2");
  await ui.choose("Answer");
  await ui.answer("Number", "1");
  await ui.answer("Game id", "");
  await ui.answer("Game id is needed", "g1");
  await ui.answer("fast / slow", "purple");
  await ui.answer("It must be one of", "slow");
  await ui.answer("Note", "seen");
  await waitFor(() =>
    expect(stepRecord(launch.engine.drill, "play").state).toMatchObject({
      status: "passed",
      report: { note: "seen", values: { game_id: "g1", mood: "slow" } },
    }),
  );
  launch.engine.start("spikes-seen");
  await ui.choose("Leave");
  expect(await ui.outcome).toMatchObject({
    exit: 130,
    farewell: expect.stringContaining("resume"),
  });
  expect(ui.written()).toContain("Primary sessions are read only.");
  expect(ui.written()).not.toContain("\x1b");
});

test("differences of definitions are told with signs, and values of rows are not offered", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = openLinear(launch);
  await ui.choose("Begin the drill");
  await waitFor(() => expect(launch.begun).toHaveLength(1));
  launch.engine.subscribe(launch.begun[0]?.listener ?? (() => undefined));
  const { state } = sceneNamed("different").launch.engine.drill.steps.prove ?? {};
  if (state?.status !== "failed") throw new Error("the scene has no failed proof");
  upTo(launch.engine, planFor(), "prove").start("prove").fail("prove", "It differs.", state.report);
  await ui.choose("Leave");
  await ui.outcome;
  const text = ui.written();
  expect(text).toMatch(
    /✗ index public\.games_status {2}- expected \+ observed\n\s+- … ON .*created_at\)\n\s+\+ … ON /,
  );
  expect(text).toMatch(/-\s+NEW\.updated_at = now\(\);\n\s+\+\s+NEW\.updated_at = NULL;/);
  expect(text.match(/✗ index/g)).toHaveLength(1);
  expect(text).not.toMatch(/values/i);
  expect(launch.asked).toEqual([]);
});

test("an input that ends leaves the drill resumable", async () => {
  const { launch } = sceneNamed("failed");
  const ui = openLinear(launch);
  await ui.choose("Begin the drill");
  await ui.answer("Run it again", "9999");
  ui.stdin.end();
  expect((await ui.outcome).exit).toBe(130);
  expect(launch.engine.closed).toHaveLength(1);
});

test("a leftover blocks the beginning here as well", async () => {
  const launch = new ScriptedLaunch(planned(planFor(), LEFTOVER));
  const ui = openLinear(launch);
  await ui.choose("Deal with the leftover");
  expect(ui.written()).not.toContain("Begin the drill");
  await ui.choose("Use the other name");
  await ui.answer("Another name", "other");
  await ui.answer("To drop it", ".");
  await ui.choose("Cancel");
  await ui.choose("Leave");
  expect((await ui.outcome).exit).toBe(130);
  expect(launch.begun).toEqual([]);
});

test("what was found can be written here as well", async () => {
  const launch = new ScriptedLaunch(planned({ ...planFor(), found: FOUND }));
  const ui = openLinear(launch);
  await ui.choose("Write what was found");
  await waitFor(() =>
    expect(ui.written()).toContain("Written, to be read and committed: /opt/ringrift"),
  );
  await ui.choose("Leave");
  await ui.outcome;
  expect(launch.saves).toBe(1);
});

test("events and output are printed as they come", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = openLinear(launch);
  await ui.choose("Begin the drill");
  await waitFor(() => expect(launch.begun).toHaveLength(1));
  launch.engine.subscribe(launch.begun[0]?.listener ?? (() => undefined));
  launch.engine.start("guard", "select 1").print("guard", "one \x1b[31mred\x1b[0m line", "two");
  launch.engine.fail("guard", "It smells of production.", {
    checks: [{ title: "Name", status: "failed", expected: "staging", observed: "prod" }],
  });
  await ui.choose("Leave");
  await ui.outcome;
  const text = ui.written();
  expect(text).toMatch(/See that this is not production: running/);
  expect(text).toContain("$ select 1");
  expect(text).toContain("  | one red line\n  | two\n");
  expect(text).toMatch(/FAILED. It smells of production/);
  expect(text).toMatch(/expected staging[\s\S]*observed prod/);
});

test("the log of what runs in the background is printed beside the step at hand", async () => {
  const launch = new ScriptedLaunch(planned(planFor()));
  const ui = openLinear(launch);
  await ui.choose("Begin the drill");
  await waitFor(() => expect(launch.begun).toHaveLength(1));
  const { engine } = launch;
  engine.start("guard").makes("guard", "app", "process").print("guard", "listening").pass("guard");
  upTo(engine, planFor(), "health").start("health").print("health", "asking");
  engine.print("guard", "GET /health 200");
  await waitFor(() => expect(ui.written()).toContain("  log | GET /health 200\n"));
  expect(ui.written().match(/listening/g)).toHaveLength(1);
  expect(ui.written()).toContain("  | asking\n");
  engine.fail("health", "It is not well.");
  await ui.choose("Leave");
  await ui.outcome;
});
