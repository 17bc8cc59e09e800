/** The first run: a whole drill in the practice environment, as `npm start` without a terminal. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CliOutcome, newHome, runCli, startCli, temporaryOf } from "../helpers/cli.ts";
import { waitFor } from "../helpers/wait-for.ts";

const JSON_DRILL = ["--headless", "--json", "--environment", "practice"];

async function practiceDirectories(home: string): Promise<readonly string[]> {
  const names = await readdir(temporaryOf(home));
  return names.filter((name) => name.startsWith("restore-drill-practice-"));
}

describe("a headless practice drill", () => {
  let home: string;
  let outcome: CliOutcome;
  let left: readonly string[];

  beforeAll(async () => {
    home = await newHome();
    outcome = await runCli(JSON_DRILL, { home });
    left = await practiceDirectories(home);
  });

  const events = () =>
    outcome.stdout
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { type: string; step?: string; exit?: number; resource?: unknown },
      );

  it("passes, exits 0 and signs an entry that verifies", async () => {
    expect(outcome.stderr).not.toContain("restore-drill:");
    expect(outcome.exit).toBe(0);
    expect(events().at(-1)).toMatchObject({ type: "result", verdict: "passed", exit: 0 });
    const verified = await runCli(["log", "verify"], { home });
    expect(verified).toMatchObject({ exit: 0 });
  });

  it("proves the rows and sequences of the restored database", async () => {
    const [line = ""] = (await readFile(join(home, "log.jsonl"), "utf8")).split("\n");
    const entry = JSON.parse(line) as Record<string, unknown>;
    expect(entry).toMatchObject({
      verdict: "passed",
      environment: { name: "practice", database: "ringrift" },
      proof: { verdict: "equal", differences: [] },
      backup: { file: expect.stringMatching(/staging_drill_\d{8}_\d{6}\.sql$/) },
    });
    expect((entry.measurements as { rows: number }).rows).toBeGreaterThanOrEqual(25_300);
  });

  it("runs the app against the restored database, and skips only what asks a human", () => {
    const passed = events().filter(({ type }) => type === "step-passed");
    expect(passed.map(({ step }) => step)).toEqual(expect.arrayContaining(["app-start"]));
    expect(events().filter(({ type }) => type === "step-failed")).toEqual([]);
  });

  it("leaves no server, no directory and no restore database behind", () => {
    expect(left).toEqual([]);
    const of = (kind: string) => events().filter(({ type }) => type === kind);
    const released = of("resource-released").map(({ resource }) => resource);
    // The app is registered before it exists, and again with its address.
    const made = new Set(of("resource-registered").map(({ resource }) => idOf(resource)));
    expect(made.size).toBeGreaterThanOrEqual(2);
    expect(released.toSorted()).toEqual([...made].toSorted());
  });
});

function idOf(resource: unknown): unknown {
  return typeof resource === "object" && resource !== null && "id" in resource
    ? resource.id
    : undefined;
}

describe("an interrupted practice drill", () => {
  it("goes on after SIGKILL and passes", async () => {
    const home = await newHome();
    const running = startCli(JSON_DRILL, { home });
    await waitFor(() => expect(running.stdout()).toContain('"step":"take-backup"'));
    running.child.kill("SIGKILL");
    const stopped = await running.ended;
    expect(stopped.stdout).not.toContain('"drill-signed-off"');
    const resumed = await runCli(["resume", "--headless", "--json"], { home });
    expect(resumed.stderr).not.toContain("restore-drill:");
    expect(resumed.exit).toBe(0);
    const verified = await runCli(["log", "verify", "--json"], { home });
    expect(verified.exit).toBe(0);
  });

  it("stops where it was on SIGINT, and is logged as aborted when it is abandoned", async () => {
    const home = await newHome();
    const running = startCli(JSON_DRILL, { home });
    await waitFor(() => expect(running.stdout()).toContain('"step":"take-backup"'));
    running.child.kill("SIGINT");
    const stopped = await running.ended;
    expect(stopped.exit).toBe(130);
    expect(stopped.stderr).toContain("SIGINT received; the drill was stopped where it was");
    const drill = /drill-\d{8}-\d{6}-\w{4}/.exec(running.stdout())?.[0] ?? "";
    expect(await runCli(["abandon", drill], { home })).toMatchObject({ exit: 0 });
    const shown = await runCli(["log", "show", drill, "--json"], { home });
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: drill, verdict: "aborted" });
  });
});
