/** The app of a real Compose project in one-off containers: run, served, stopped, found again. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TOKEN_LABEL } from "../../source/environment/compose/one-off.ts";
import type { Target } from "../../source/environment/target.ts";
import { openComposeTarget } from "../../source/environment/targets/compose.ts";
import type { ComposeConfig } from "../../source/environment/types.ts";
import { newHome, runCli, startCli } from "../helpers/cli.ts";
import { must } from "../helpers/results.ts";
import { stepWorld } from "../helpers/step-world.ts";
import { usesStep } from "../helpers/uses-step.ts";
import { calmAlerts, fireAlert } from "./alert.ts";
import { IMAGES } from "./images.ts";
import { freePorts } from "./project.ts";
import { type Stack, startStack } from "./stack.ts";
import { until } from "./until.ts";

const { app: APP } = IMAGES;
const COPY = 'copy "of" the primary';
const docker = (...words: readonly string[]) =>
  execFileSync("docker", words, { encoding: "utf8" }).trim();
const ours = (stack: Stack) =>
  docker(
    ...["ps", "-a", "--format", "{{.Names}}", "--filter", `label=${TOKEN_LABEL}`],
    ...["--filter", `label=com.docker.compose.project=${stack.name}`],
  );

/** Both Composes, which before the first `run` let another container have its port. */
function thievingTools(home: string, container: string): string {
  const directory = mkdtempSync(join(home, "bin-"));
  const real = (tool: string) => execFileSync("which", [tool], { encoding: "utf8" }).trim();
  const steal = `${real("docker")} run -d ${container} --entrypoint sleep ${APP} 600 >&2`;
  for (const tool of ["docker", "docker-compose"]) {
    const first = `case " $* " in *" run "*) mkdir '${directory}/once' && ${steal};; esac`;
    const text = `#!/bin/bash\n${first}\nexec ${real(tool)} "$@"\n`;
    writeFileSync(join(directory, tool), text, { mode: 0o755 });
  }
  return directory;
}

describe.each(["v1", "v2"] as const)("the app by Compose %s", (compose) => {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-staging-"));
  const dockerConfig = process.env.DOCKER_CONFIG;
  let stack: Stack;
  let config: ComposeConfig;
  let target: Target;

  beforeAll(async () => {
    const name = `staging-app-${compose}-${process.pid}`;
    stack = await startStack({ directory: join(home, "opt ringrift"), name, compose });
    process.env.DOCKER_CONFIG = stack.environment.DOCKER_CONFIG;
    config = {
      ...{ name: "staging", target: "compose", production: false, project: stack.directory },
      ...{ files: [], service: "postgres", user: "ringrift", database: "ringrift", compose },
      password: stack.password,
      backups: { host: join(stack.directory, "backups"), container: "/backups" },
      app: { service: "app", port: 3000, health: "/health", ready: "/ready" },
      monitoring: {
        prometheus: `http://127.0.0.1:${stack.ports.prometheus}`,
        alertmanager: `http://127.0.0.1:${stack.ports.alertmanager}`,
        queries: { Requests: "sum(rate(http_requests_total[1m]))" },
      },
    };
    const options = { line: () => {}, signal: new AbortController().signal };
    target = must(await openComposeTarget(config, options));
    const quoted = `"${COPY.replaceAll('"', '""')}"`;
    stack.psql(`CREATE DATABASE ${quoted}`);
    const words = ["exec", stack.container("postgres"), "sh", "-c"];
    docker(...words, `pg_dump -U ringrift ringrift | psql -q -U ringrift -d '${COPY}' >/dev/null`);
  });

  afterAll(async () => {
    await target?.close();
    if (dockerConfig === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = dockerConfig;
    stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("has Prisma judge the restored database, by exit code and by what it says", async () => {
    const command = "npx prisma migrate status";
    const step = usesStep("app/run", { database: COPY, command, says: "schema is up to date" });
    const good = stepWorld({ target });
    const outcome = await good.runner.run(step, good.context);
    expect(outcome, good.texts().join("\n")).toMatchObject({ status: "passed" });
    expect(good.commands[0]).toMatch(/--no-deps .* -e DATABASE_URL app npx prisma migrate status$/);
    expect(good.resources()).toMatchObject([{ kind: "container", status: "released" }]);
    const forget = "DELETE FROM _prisma_migrations WHERE migration_name LIKE '%leaderboard'";
    const kept = stack.psql(`${forget} RETURNING *`, COPY).split("|");
    const behind = stepWorld({ target });
    expect(await behind.runner.run(step, behind.context)).toMatchObject({
      status: "failed",
      report: { exit: 1 },
      failure: { message: expect.stringMatching(/not yet been applied/) },
    });
    const columns = kept.map((value) => (value === "" ? "NULL" : `'${value}'`));
    stack.psql(`INSERT INTO _prisma_migrations VALUES (${columns})`, COPY);
    expect(ours(stack)).toBe("");
  });

  it("serves on a port of its own, says what it does, and is gone when it is stopped", async () => {
    const world = stepWorld({ target });
    const started = await world.runner.run(
      usesStep("app/start", { database: COPY, port: 0 }),
      world.context,
    );
    expect(started, world.texts().join("\n")).toMatchObject({ status: "passed" });
    const { APP_URL = "" } = started.report.values;
    const check = (path: string, json: object) =>
      world.runner.run(
        usesStep("http/check", { url: `${APP_URL}${path}`, ...json }),
        world.context,
      );
    expect(await check("/health", {})).toMatchObject({ status: "passed" });
    const ready = { json: { status: "ready", checks: { database: COPY } } };
    expect(await check("/ready", ready)).toMatchObject({ status: "passed" });
    expect(world.texts()).toContain("RingRift listens on port 3000");
    const name = ours(stack);
    expect(
      docker("inspect", "--format", "{{json .Args}} {{json .Config.Cmd}}", name),
    ).not.toContain(stack.password);
    expect(`${world.commands} ${world.texts()}`).not.toContain(stack.password);
    expect(await world.runner.run(usesStep("app/stop"), world.context)).toMatchObject({
      status: "passed",
    });
    expect(ours(stack)).toBe("");
  });

  it("fails with its last lines when it ends, and leaves nothing", async () => {
    const words = ["sh", "-c", "echo no such table >&2; exit 4"];
    const broken = must(
      await openComposeTarget(
        {
          ...config,
          app: { ...config.app, ...{ service: "app", port: 3000, words }, health: "/", ready: "/" },
        },
        { line: () => {}, signal: new AbortController().signal },
      ),
    );
    const world = stepWorld({ target: broken });
    const outcome = await world.runner.run(
      usesStep("app/start", { database: COPY, port: 0 }),
      world.context,
    );
    await broken.close();
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { message: expect.stringMatching(/exit 4.*no such table/) },
    });
    expect(world.resources()).toMatchObject([{ kind: "container", status: "released" }]);
    expect(ours(stack)).toBe("");
  });

  it("is started again at a free port when another container takes the port before it", async () => {
    const { app: port } = await freePorts();
    const world = stepWorld({ target });
    const thief = `${stack.name}-thief`;
    const path = process.env.PATH;
    process.env.PATH = `${thievingTools(home, `--name ${thief} -p 127.0.0.1:${port}:3000`)}:${path}`;
    try {
      const step = usesStep("app/start", { database: COPY, port });
      const outcome = await world.runner.run(step, world.context);
      const told = world.texts().join("\n");
      expect(outcome, told).toMatchObject({ status: "passed" });
      expect(outcome.report.values.APP_URL).not.toContain(`:${port}`);
      expect(told).toContain("port is already allocated");
      expect(told).toContain(`Port ${port} is taken on this host, so a free one is picked.`);
      expect(await world.runner.run(usesStep("app/stop"), world.context)).toMatchObject({
        status: "passed",
      });
      expect(ours(stack)).toBe("");
    } finally {
      process.env.PATH = path;
      docker("rm", "-f", thief);
    }
  });

  it("says so when its container had ended before it is stopped", async () => {
    const world = stepWorld({ target });
    await world.runner.run(usesStep("app/start", { database: COPY, port: 0 }), world.context);
    docker("stop", "--time", "1", ours(stack));
    const { report } = await world.runner.run(usesStep("app/stop"), world.context);
    const warned = { status: "warning", observed: expect.stringContaining("ended by itself") };
    expect(report.checks[0]).toMatchObject(warned);
    expect(ours(stack)).toBe("");
  });

  it("is stopped by its token alone, also when it was only created, and no other is", async () => {
    const labels = ["--label", `com.docker.compose.project=${stack.name}`, "--label"];
    docker("create", ...labels, `${TOKEN_LABEL}=mine`, "--name", `${stack.name}-mine`, APP);
    docker("create", ...labels, `${TOKEN_LABEL}=other`, "--name", `${stack.name}-other`, APP);
    expect(await target.stopProcess({ token: "mine" })).toMatchObject({ ok: true });
    expect(ours(stack)).toBe(`${stack.name}-other`);
    expect(await target.stopProcess({})).toMatchObject({ ok: false });
    expect(await target.stopProcess({ token: "other" })).toMatchObject({ ok: true });
  });

  it("sees an alert of the real Prometheus that fired during the drill and ended", async () => {
    const startedAt = new Date().toISOString();
    await fireAlert(stack, "OnPurpose");
    await calmAlerts(stack);
    const world = stepWorld({ target, startedAt });
    const outcome = await world.runner.run(usesStep("monitoring/compare"), world.context);
    expect(outcome.status).toBe("failed");
    const told = outcome.report.checks.map(
      ({ title, status, observed }) => `${status} ${title}: ${observed}`,
    );
    expect(told.join("\n")).toMatch(
      /failed Alert OnPurpose: began to fire during the drill; ended/,
    );
    expect(told.at(-1)).toMatch(/^\w+ Requests: during: mean .*[▁-█]/u);
  });

  it("owes the stop of an app that a killed drill left running, and abandoning pays it", async () => {
    const cli = await newHome();
    const file = join(home, "restore-drill.yaml");
    const { password: _, ...written } = config;
    const environment = { ...written, password: "${STAGING_PASSWORD}", name: undefined };
    writeFileSync(file, JSON.stringify({ environments: { staging: environment } }));
    const gate = join(home, "gate");
    const env = {
      STAGING_PASSWORD: stack.password,
      DOCKER_CONFIG: stack.environment.DOCKER_CONFIG ?? "",
    };
    const checklist = join(home, "kill.yaml");
    writeFileSync(checklist, killed(gate));
    const args = ["run", checklist, "--config", file, "--headless", "--operator", "Robin"];
    const running = startCli(args, { home: cli, env });
    await until("the drill to have its app", () => existsSync(gate));
    running.child.kill("SIGKILL");
    await running.ended;
    const drill = /drill-\d{8}-\d{6}-\w+/.exec(running.stdout())?.[0] ?? "";
    const name = ours(stack);
    expect(docker("inspect", "--format", "{{.State.Running}}", name)).toBe("true");
    expect(
      docker("inspect", "--format", '{{index .Config.Labels "restore-drill.drill"}}', name),
    ).toBe(drill);
    const abandoned = await runCli(["abandon", drill, "--config", file], { home: cli, env });
    expect(abandoned.stdout + abandoned.stderr).toMatch(/stopped and removed/);
    expect(ours(stack)).toBe("");
    rmSync(cli, { recursive: true, force: true });
  });
});

/** Starts the app, says so, and waits to be killed. */
function killed(gate: string): string {
  const step = {
    id: "app",
    title: "Start it",
    uses: "app/start",
    with: { database: "ringrift", port: "0" },
  };
  const wait = { id: "wait", title: "Wait", run: `touch '${gate}'; exec sleep 1000` };
  const items = [{ id: "app", title: "The app", steps: [step, wait] }];
  const variables = { RESTORE_DB: { default: "unused_restore_drill", description: "Not used" } };
  return JSON.stringify({
    id: "kill",
    title: "Killed",
    variables,
    sections: [{ title: "All", items }],
  });
}
