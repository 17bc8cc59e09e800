import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  recordedProcessRuns,
  startAppProcess,
  stopRecordedProcess,
} from "../../../source/environment/app-process.ts";
import { describeRunOnHost, runOnHost } from "../../../source/environment/app-run.ts";
import type { Target } from "../../../source/environment/target.ts";
import { fail } from "../../../source/problem.ts";
import { alive, stepWorld, temporaryDirectory } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const APP = `exec node -e '
  require("node:http").createServer((request, answer) => {
    answer.statusCode = request.url === "/health" ? 500 : 404;
    answer.end(process.env.DATABASE_URL);
  }).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("up", process.pid));
'`;

function appTarget(command: string): Partial<Target> {
  const project = temporaryDirectory();
  return {
    project,
    capabilities: new Set(["app"]),
    variables: { APP_PATH_HEALTH: "/health" },
    secrets: ["s3cret-url"],
    startApp: (request, io) =>
      startAppProcess({ command, project, databaseUrl: "s3cret-url", env: {} }, request, io),
    appRuns: recordedProcessRuns,
    describeAppRun: describeRunOnHost,
    runInApp: (request, io) => runOnHost({ project, databaseUrl: "s3cret-url" }, request, io),
    stopProcess: stopRecordedProcess,
  };
}

const start = (port: string | number) => usesStep("app/start", { database: "restored", port });
const STOP = usesStep("app/stop");

function pidIn(texts: readonly string[]): number {
  return Number(/up (\d+)/.exec(texts.join("\n"))?.[1]);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it("starts the app, waits for any answer, and stops it", async () => {
  const world = stepWorld({ target: appTarget(APP) });
  const outcome = await world.runner.run(start("0"), world.context);
  expect(outcome.status).toBe("passed");
  const { APP_URL = "" } = outcome.report.values;
  expect(await (await fetch(`${APP_URL}/x`)).text()).toBe("s3cret-url");
  expect(world.resources()).toMatchObject([
    { id: "app:act", kind: "process", status: "owed", gives: ["APP_URL"] },
  ]);
  const pid = pidIn(world.texts());
  expect(alive(pid)).toBe(true);

  expect((await world.runner.run(STOP, world.context)).status).toBe("passed");
  expect(alive(pid)).toBe(false);
  expect(world.resources()).toMatchObject([{ status: "released", reason: "stopped" }]);
  expect((await world.runner.run(STOP, world.context)).report.note).toBe(
    "The app was not running.",
  );
});

it("outlives the signal of the step that started it", async () => {
  const signals: AbortSignal[] = [];
  const target = appTarget(APP);
  const world = stepWorld({
    target: {
      ...target,
      async startApp(request, io) {
        signals.push(io.signal);
        return target.startApp?.(request, io) ?? fail({ code: "failed", message: "no app" });
      },
    },
  });
  await world.runner.run({ ...start(0), timeoutSeconds: 30 }, world.context);
  world.cancel("another step was cancelled");
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  expect(alive(pidIn(world.texts()))).toBe(true);
  expect(await world.undoAll()).toEqual([{ ok: true, value: "stopped" }]);
});

it("picks another port when the one asked for is taken, and says so", async () => {
  const taken = createServer();
  const port = await listening(taken);
  onTestFinished(() => void taken.close());
  const world = stepWorld({ target: appTarget(APP) });
  const outcome = await world.runner.run(start(port), world.context);
  expect(outcome.status).toBe("passed");
  expect(outcome.report.values.APP_URL).not.toContain(`:${port}`);
  expect(world.texts()[0]).toBe(`Port ${port} is taken on this host, so a free one is picked.`);
  await world.undoAll();
});

it("starts again at a free port when somebody takes the port while it starts", async () => {
  const directory = temporaryDirectory();
  const thief = createServer();
  onTestFinished(() => void thief.close());
  const [reached, go] = [join(directory, "reached"), join(directory, "go")];
  // Only the first start waits: by then its port was free, and is not any more.
  const late = `if ! test -e '${go}'; then touch '${reached}'; until test -e '${go}'; do sleep 0.02; done; fi; ${APP}`;
  const port = await freePort();
  const world = stepWorld({ target: appTarget(late) });
  const running = world.runner.run(start(port), world.context);
  await waitFor(() => expect(existsSync(reached)).toBe(true));
  // It must not answer: an answer would be taken for the app's.
  thief.on("connection", (socket) => void socket.destroy());
  await new Promise<void>((resolve) => thief.listen(port, "127.0.0.1", resolve));
  writeFileSync(go, "");
  const outcome = await running;
  expect(outcome.status).toBe("passed");
  expect(outcome.report.values.APP_URL).not.toContain(`:${port}`);
  expect(world.texts()).toContain(`Port ${port} is taken on this host, so a free one is picked.`);
  expect(world.commands).toHaveLength(2);
  await world.undoAll();
});

it("says so when the app had ended by itself before it is stopped", async () => {
  const world = stepWorld({ target: appTarget(APP) });
  const { report } = await world.runner.run(start(0), world.context);
  const pid = pidIn(world.texts());
  process.kill(pid, "SIGKILL");
  await waitFor(() => expect(alive(pid)).toBe(false));
  const { status, report: stopped } = await world.runner.run(STOP, world.context);
  expect(status).toBe("passed");
  expect(stopped.checks).toContainEqual({
    title: `the app at ${report.values.APP_URL} on database restored`,
    status: "warning",
    expected: "running until it is stopped",
    observed: expect.stringContaining("had ended by itself"),
  });
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("replaces the app it started before", async () => {
  const world = stepWorld({ target: appTarget(APP) });
  await world.runner.run(start(0), world.context);
  const first = pidIn(world.texts());
  expect((await world.runner.run(start(0), world.context)).status).toBe("passed");
  expect(alive(first)).toBe(false);
  await world.undoAll();
});

it("fails with its last lines when the app dies, and owes nothing", async () => {
  const world = stepWorld({ target: appTarget("echo cannot reach $DATABASE_URL >&2; exit 4") });
  const outcome = await world.runner.run(start(0), world.context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: expect.stringMatching(/exit 4.*cannot reach ••••/) },
  });
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("stops the app when the operator cancels while it starts", async () => {
  const world = stepWorld({ target: appTarget("echo up $$; exec sleep 1000") });
  const running = world.runner.run(start(0), world.context);
  await waitFor(() => expect(world.resources()).toHaveLength(1));
  await waitFor(() => expect(pidIn(world.texts())).toBeGreaterThan(1));
  world.cancel("enough");
  expect(await running).toMatchObject({ status: "interrupted", reason: "enough" });
  expect(alive(pidIn(world.texts()))).toBe(false);
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("stops an app that an earlier life left running, from its recorded facts", async () => {
  const first = stepWorld({ target: appTarget(APP) });
  await first.runner.run(start(0), first.context);
  const pid = pidIn(first.texts());
  const second = stepWorld({ target: appTarget(APP), resources: first.resources() });
  expect((await second.runner.run(STOP, second.context)).status).toBe("passed");
  expect(alive(pid)).toBe(false);
});

it("does not apply where there is no app", async () => {
  const world = stepWorld();
  expect(await world.runner.notApplicable(start(0), world.state())).toBe(
    "This environment has no app.",
  );
});

const run = (command: string, more: Readonly<Record<string, string>> = {}) =>
  usesStep("app/run", { database: "restored", command, ...more });

it("owes what it starts before it exists", async () => {
  const owed: string[] = [];
  const target = appTarget("exit 1");
  const world: ReturnType<typeof stepWorld> = stepWorld({
    target: {
      ...target,
      async startApp({ token = "" }) {
        owed.push(
          ...world.resources().map(({ status, undo }) => `${status} ${undo.token === token}`),
        );
        return fail({ code: "failed", message: "no app" });
      },
    },
  });
  expect((await world.runner.run(start(0), world.context)).status).toBe("failed");
  expect(owed).toEqual(["owed true"]);
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("runs a command of the app's project against the database, and reads exit code and output", async () => {
  const says = { says: "up to date" };
  const told = async (command: string, more: Readonly<Record<string, string>> = {}) => {
    const world = stepWorld({ target: appTarget("") });
    const outcome = await world.runner.run(run(command, more), world.context);
    expect(world.resources()).toMatchObject([{ status: "released" }]);
    return { ...outcome, lines: world.texts() };
  };
  const good = await told("echo $DATABASE_URL in $NODE_ENV is up to date", says);
  expect(good).toMatchObject({ status: "passed", lines: ["•••• in production is up to date"] });
  expect(good.report).toMatchObject({ exit: 0 });
  expect(await told("echo 2 migrations are missing >&2", says)).toMatchObject({
    status: "failed",
    failure: {
      message: expect.stringMatching(/did not say "up to date".*2 migrations are missing/),
    },
  });
  expect(await told("echo up to date; exit 3", says)).toMatchObject({
    status: "failed",
    report: { exit: 3 },
    failure: { message: expect.stringContaining("ended with 3") },
  });
});

it("leaves nothing of a command that is cancelled, and asks for what it needs on this host", async () => {
  const world = stepWorld({ target: appTarget("") });
  const running = world.runner.run(run("echo up $$; sleep 1000"), world.context);
  await waitFor(() => expect(pidIn(world.texts())).toBeGreaterThan(1));
  world.cancel("enough");
  expect(await running).toMatchObject({ status: "interrupted" });
  expect(alive(pidIn(world.texts()))).toBe(false);
  const needy = run("true", { file: "node_modules/.bin/prisma" });
  expect(await world.runner.notApplicable(needy, world.state())).toBe(
    'the project has no "node_modules/.bin/prisma"',
  );
});
