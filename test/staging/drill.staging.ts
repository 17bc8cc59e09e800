/** The whole runbook on a stack, drilled as it ships: headless by either Compose, and on the screen. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";
import { startInTerminal } from "../pty/terminal.ts";
import { type ComposeVersion, writeDockerConfig } from "./compose.ts";
import { command, drill } from "./drilling.ts";
import { type Stack, startStack } from "./stack.ts";
import { backupFolder, leaves, lookAt, quietPrimary } from "./traces.ts";

/** Of the shipped checklist, in its order: all that a stack without Grafana has. */
const RAN = [
  ...["guard", "known-commit", "primary-migrations", "monitoring", "free-space"],
  ...["connection-headroom", "baseline-deployment", "baseline-monitoring", "baseline-ssot"],
  ...["health", "take-backup", "inspect-backup", "header"],
  ...["create-restore-database", "restore", "statistics", "tables", "prove", "amcheck"],
  ...["restore-url", "restored-migrations", "prisma-status"],
  ...["app-start", "app-health", "app-ready", "play"],
  ...["after-deployment", "after-monitoring", "after-ssot", "auth-smoke", "load-smoke"],
  ...["monitoring-compare", "app-stop", "drop-restore-database"],
];
const NOT_HERE = [
  ...["grafana-before", "existing-backup", "grafana-link", "grafana-after", "prune-backups"],
];

describe("the whole runbook on a stack", () => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const dockerConfigs: Partial<Record<ComposeVersion, string>> = {};
  let stack: Stack;

  beforeAll(async () => {
    const directory = join(home, "opt ring rift");
    stack = await startStack({ directory, name: `staging-drill-${process.pid}`, compose: "v2" });
    quietPrimary(stack);
    for (const version of ["v1", "v2"] as const) {
      dockerConfigs[version] = writeDockerConfig(join(home, version), version);
    }
  });

  afterAll(() => {
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it.each(["v1", "v2"] as const)(
    "passes headless by Compose %s, and leaves but its backup",
    async (version) => {
      const before = lookAt(stack);
      const backups = readdirSync(backupFolder(stack)).length;
      const answers = join(home, "answers.yaml");
      writeFileSync(
        answers,
        "operator: Robin\nanswers: { play: { done: true, values: { game_id: game_42 } } }\n",
      );
      const drilled = await drill(stack, {
        args: ["--environment", "compose", "--answers", answers],
        env: { DOCKER_CONFIG: dockerConfigs[version] ?? "" },
        skip: [],
      });
      expect(drilled, drilled.said).toMatchObject({ exit: 0, verdict: "passed" });
      const by = (status: string) =>
        Object.keys(drilled.steps).filter((step) => drilled.steps[step] === status);
      expect(by("passed")).toEqual(RAN);
      expect(by("not-applicable")).toEqual(NOT_HERE);
      const words = version === "v1" ? "(docker-compose)" : "(docker compose)";
      expect(drilled.said).toContain(words);
      expect(drilled.said).not.toContain(stack.password);
      const verified = await command(stack, drilled.home, ["log", "verify"]);
      expect(verified, verified.said).toMatchObject({ exit: 0 });
      await leaves(stack, before);
      expect(readdirSync(backupFolder(stack)).length).toBe(backups + 2);
    },
  );

  it("passes on the full screen, with the game played and the app's log looked at", async () => {
    const before = lookAt(stack);
    const own = await newHome();
    const app = startInTerminal(["--environment", "compose", "--operator", "Robin"], {
      ...{ home: own, cwd: stack.directory, columns: 120, rows: 40 },
      env: { DOCKER_CONFIG: dockerConfigs.v2 ?? "" },
    });
    await app.shows(/b begin/);
    expect(app.screen()).toMatch(/Environment +compose \(compose\)/);
    app.type("b");
    await app.shows(/Your turn/);
    app.type("l");
    await app.shows(/Log: the app at http:\/\/127\.0\.0\.1:\d+ on database ringrift/);
    await app.shows(/RingRift listens on port 3000/);
    app.type("l");
    await app.shows(/Your turn/);
    app.type("\r");
    await app.shows(/\[ Done \]/);
    app.type("game_42");
    await app.shows(/❯ game_42/);
    app.type("\u0004");
    await app.shows(/The drill is over/);
    app.type("\r");
    await app.shows(/\[ Sign \]/);
    app.type("\u0004");
    await app.shows(/Signed and saved/);
    app.type("q");
    expect(await app.exit).toBe(0);
    await app.shows(/PASSED/);
    expect(app.raw()).not.toContain(stack.password);
    const shown = await runCli(["log", "show", "--json"], { home: own });
    expect(JSON.parse(shown.stdout)).toMatchObject({ operator: "Robin", verdict: "passed" });
    await leaves(stack, before);
  });
});
