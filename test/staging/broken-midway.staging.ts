/** A stack that breaks while it is drilled: verdict, message, exit code, and nothing left behind. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newHome } from "../helpers/cli.ts";
import { startInTerminal } from "../pty/terminal.ts";
import { calmAlerts, fireAlert } from "./alert.ts";
import { appCommand, changeCompose, gateSmoke, standIn } from "./change.ts";
import {
  BESIDES,
  command,
  type Drilling,
  type DrillOptions,
  drill,
  outcome,
  speech,
  startDrill,
} from "./drilling.ts";
import { holdMidway, untilCopying } from "./midway.ts";
import { type Stack, startStack } from "./stack.ts";
import {
  docker,
  leaves,
  lookAt,
  oneOffs,
  quietPrimary,
  removeLeftovers,
  type Traces,
} from "./traces.ts";
import { until } from "./until.ts";

const RESTORED = "ringrift_restore_drill";

describe("a stack that breaks while it is drilled", () => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const gate = join(home, "gate");
  let stack: Stack;
  let before: Traces;
  const begun: Drilling[] = [];

  beforeAll(async () => {
    const directory = join(home, "opt ring rift");
    stack = await startStack({
      ...{ directory, name: `staging-midway-${process.pid}`, compose: "v2", moreGames: 30_000 },
      change: gateSmoke,
    });
    quietPrimary(stack);
  });

  beforeEach(() => {
    before = lookAt(stack);
  });

  afterEach(async () => {
    rmSync(gate, { force: true });
    for (const drilling of begun.splice(0)) drilling.child.kill("SIGKILL");
    stack.compose("start", "postgres");
    await stack.healthy();
    removeLeftovers(stack);
  });

  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function begin(options?: DrillOptions): Promise<Drilling> {
    const drilling = await startDrill(stack, options);
    begun.push(drilling);
    return drilling;
  }

  /** Comes back while the auth smoke waits for its gate to be removed. */
  async function untilSmoke(): Promise<Drilling> {
    const drilling = await begin({ env: { SMOKE_GATE: gate } });
    const ended = () => drilling.child.exitCode !== null;
    const waited = until("the smoke to run", () => existsSync(gate) || ended(), 50);
    await waited.catch(() => undefined);
    // Why it ended, or where it hangs, is in what it said.
    expect(existsSync(gate), drilling.stdout() + drilling.stderr()).toBe(true);
    return drilling;
  }

  function stopServer(): void {
    docker("stop", "--time", "20", stack.container("postgres"));
  }

  async function startServer(): Promise<void> {
    stack.compose("start", "postgres");
    await stack.healthy();
  }

  const restarted = () => ({ ...before, serverStarted: expect.any(String) });

  it("the server's container is stopped in the middle of the dump", async () => {
    const drilling = await begin();
    await holdMidway(stack, "pg_dump");
    stopServer();
    const drilled = await outcome(drilling);
    await startServer();
    expect(drilled, drilled.said).toMatchObject({ exit: 1, verdict: "failed" });
    expect(drilled.said).toMatch(/pg_dump failed .*: container \S+postgres\S* is exited/);
    expect(drilled.steps["take-backup"]).toBe("failed");
    await leaves(stack, restarted());
  });

  it("the server's container is stopped in the middle of the restore", async () => {
    const drilling = await begin();
    await holdMidway(stack, "psql");
    stopServer();
    const drilled = await outcome(drilling);
    await startServer();
    expect(drilled.exit, drilled.said).toBe(1);
    expect(drilled.said).toMatch(/psql failed .*: container \S+postgres\S* is exited/);
    // Nobody can drop a database on a server that is down: it is owed, and paid on request.
    expect(drilled.said).toMatch(/Cleanup is owed: .*ringrift_restore_drill/);
    expect(drilled.said).toContain(`restore-drill resume ${drilled.id}`);
    const resumed = await command(stack, drilled.home, ["resume", drilled.id, "--headless"]);
    expect(resumed, resumed.said).toMatchObject({ exit: 1, verdict: "failed" });
    await leaves(stack, restarted());
  });

  it("the temporary app's container is stopped in the middle of the smokes", async () => {
    const drilling = await untilSmoke();
    docker("stop", "--time", "1", oneOffs(stack));
    rmSync(gate);
    const drilled = await outcome(drilling);
    expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed-with-deviations" });
    expect(drilled.steps["auth-smoke"]).toBe("deviation");
    expect(drilled.said).toMatch(/register: connect ECONNREFUSED/);
    expect(drilled.said).toContain("had ended by itself");
    await leaves(stack, before);
  });

  it("the server's container is stopped in the middle of the smokes", async () => {
    const drilling = await untilSmoke();
    stopServer();
    rmSync(gate);
    const drilled = await outcome(drilling);
    expect(drilled.exit, drilled.said).toBe(1);
    expect(drilled.said).toMatch(/Cleanup is owed: .*ringrift_restore_drill/);
    expect(oneOffs(stack)).toBe("");
    await startServer();
    const abandoned = await command(stack, drilled.home, ["abandon", drilled.id]);
    expect(abandoned, abandoned.said).toMatchObject({ exit: 0 });
    await leaves(stack, restarted());
  });

  it("an alert fires in the middle of the smokes", async () => {
    const drilling = await untilSmoke();
    await fireAlert(stack, "TooManyLogins");
    rmSync(gate);
    const drilled = await outcome(drilling);
    await calmAlerts(stack);
    expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed-with-deviations" });
    expect(drilled.said).toMatch(/TooManyLogins: began to fire during the drill/);
    expect(drilled.steps["monitoring-compare"]).toBe("deviation");
    await leaves(stack, before);
  });

  it.each([
    [
      "never answers",
      ["sh", "-c", "echo waiting for a license; exec sleep 1000"],
      { "app-start": "deviation" },
      /did not answer at \S+ within 60 s\. Its last lines: waiting for a license/,
    ],
    [
      "is never ready",
      standIn({ "/health": 200, "/ready": 503 }),
      { "app-start": "passed", "app-health": "passed", "app-ready": "deviation" },
      /\/ready did not answer as expected: Status was 503, not 200/,
    ],
    [
      "is ready, and broken",
      standIn({ "/health": 200, "/ready": 200 }),
      { "app-ready": "passed", "auth-smoke": "deviation" },
      /register.*404/,
    ],
    [
      "ends at once",
      ["sh", "-c", "echo no license; exit 7"],
      { "app-start": "deviation" },
      /The app ended \(exit 7\) before it answered\. Its last lines: no license/,
    ],
  ])("the app %s", async (_what, words, steps, message) => {
    const heal = changeCompose(stack, appCommand(words));
    try {
      const drilled = await drill(stack);
      expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed-with-deviations" });
      expect(drilled.steps).toMatchObject(steps);
      expect(drilled.said).toMatch(message);
      await leaves(stack, before);
    } finally {
      heal();
    }
  });

  it("Ctrl-C in the middle of the dump: it stops, and is paid for on request", async () => {
    const own = await newHome();
    const skips = BESIDES.flatMap((step) => ["--skip", `${step}=not now`]);
    const app = startInTerminal(["--headless", "--environment", "compose", ...skips], {
      ...{ home: own, cwd: stack.directory, env: speech(stack), columns: 200 },
    });
    await untilCopying(stack, "pg_dump", () => app.type("\u0003"));
    expect(await app.exit).toBe(130);
    const id = /drill-\d{8}-\d{6}-\w+/u.exec(app.raw())?.[0] ?? "";
    expect(app.raw()).toMatch(/SIGINT received; the drill was stopped where it was/);
    await leaves(stack, { ...before, partial: [] });
    const abandoned = await command(stack, own, ["abandon", id]);
    expect(abandoned, abandoned.said).toMatchObject({ exit: 0, verdict: "aborted" });
    await leaves(stack, before);
  });

  it("kill -9 in the middle of the smokes: the next drill touches nothing, abandoning cleans", async () => {
    const drilling = await untilSmoke();
    drilling.child.kill("SIGKILL");
    await drilling.ended;
    expect(oneOffs(stack)).not.toBe("");
    const next = await drill(stack);
    expect(next.exit, next.said).toBe(4);
    expect(next.said).toContain(RESTORED);
    expect(next.said).toContain(drilling.id());
    expect(lookAt(stack).databases).toContain(RESTORED);
    const abandoned = await command(stack, drilling.home, ["abandon", drilling.id()]);
    expect(abandoned, abandoned.said).toMatchObject({ exit: 0, verdict: "aborted" });
    await leaves(stack, before);
    const again = await command(stack, drilling.home, ["log", "verify"]);
    expect(again, again.said).toMatchObject({ exit: 0 });
  });
});
