/** An operator at a real terminal. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type PtyApp, startInTerminal } from "./terminal.ts";

const LEAVES_ALTERNATE_SCREEN = "\u001b[?1049l";
const SHOWS_CURSOR = "\u001b[?25h";

let home: string;

beforeEach(async () => {
  home = await newHome();
});

async function untilTheGame(app: PtyApp): Promise<void> {
  await app.shows(/b (begin|go on)/);
  app.type("b");
  await app.shows(/Your turn/);
}

/** The last bytes may come after the exit is known. */
async function restored(app: PtyApp): Promise<void> {
  await waitFor(() => {
    expect(app.raw()).toContain(LEAVES_ALTERNATE_SCREEN);
    expect(app.raw()).toContain(SHOWS_CURSOR);
  });
}

describe("a drill on the full screen", () => {
  it("steps through, asks, signs off and exports", async () => {
    const app = startInTerminal(["--operator", "Robin"], { home });
    await app.shows(/Creating a PostgreSQL/);
    await untilTheGame(app);
    app.type("\r");
    await app.shows(/\[ Done \]/);
    app.type("42");
    await app.shows(/❯ 42/);
    app.type("\u0004");
    await app.shows(/The drill is over/);
    app.type("\r");
    await app.shows(/\[ Sign \]/);
    app.type("\u0004");
    await app.shows(/Signed and saved/);
    app.type("e");
    await app.shows(/Export the log entry/);
    app.type("\u0004");
    await app.shows(/Written: /);
    app.type("q");
    expect(await app.exit).toBe(0);
    await restored(app);
    await app.shows(/PASSED/);
    const shown = await runCli(["log", "show", "--json"], { home });
    const entry = JSON.parse(shown.stdout) as { id: string };
    expect(entry).toMatchObject({ operator: "Robin", verdict: "passed" });
    expect(await readFile(join(home, `${entry.id}.md`), "utf8")).toContain(entry.id);
  });

  it("holds at 40x12, while it is resized, and says when it is too small", async () => {
    const app = startInTerminal([], { home, columns: 40, rows: 12 });
    await untilTheGame(app);
    for (const [columns, rows] of [
      [200, 60],
      [20, 5],
      [80, 24],
    ] as const) {
      app.resize(columns, rows);
      await app.shows(columns < 40 ? /too small/i : /Your turn|waiting for you/);
    }
    app.kill("SIGTERM");
    expect(await app.exit).toBe(143);
    await restored(app);
  });

  it("is left with Ctrl-C for later, and resumed on the screen", async () => {
    const app = startInTerminal([], { home });
    await untilTheGame(app);
    app.type("\u0003");
    await app.shows(/Leave Restore Drill/);
    app.type("\u0003");
    expect(await app.exit).toBe(130);
    await app.shows(/restore-drill resume/);
    const again = startInTerminal(["resume"], { home });
    await untilTheGame(again);
    again.type("s");
    await again.shows(/reason/i);
    again.type("no browser here");
    await again.shows(/no browser here/);
    again.type("\u0004");
    await again.shows(/The drill is over/);
    again.kill("SIGHUP");
    expect(await again.exit).toBe(143);
  }, 120_000);

  it.each([
    ["TERM", "dumb"],
    ["NO_COLOR", "1"],
  ])("goes line by line with %s=%s, on the plain terminal", async (name, value) => {
    const app = startInTerminal([], { home, env: { [name]: value } });
    await app.shows(/begin/i);
    expect(app.raw()).not.toContain("\u001b[?1049h");
    app.kill("SIGTERM");
    expect(await app.exit).toBe(143);
  });
});
