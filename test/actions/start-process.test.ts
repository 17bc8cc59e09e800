import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { stopResource } from "../../source/actions/undo-process.ts";
import type { Readiness, StartStep } from "../../source/checklist/types.ts";
import type { Resource } from "../../source/drill/types.ts";
import { processFacts } from "../../source/process/identity.ts";
import { alive, stepWorld, stubTarget, temporaryDirectory } from "../helpers/step-world.ts";
import { waitFor } from "../helpers/wait-for.ts";

function startStep(start: string, ready?: Partial<Readiness>): StartStep {
  return {
    ...{ id: "server", title: "Server", optional: false, always: false },
    kind: "start",
    start,
    ...(ready === undefined ? {} : { ready: { timeoutSeconds: 20, ...ready } }),
  };
}

const SERVER = `
  exec node -e '
    const server = require("node:http").createServer((_, answer) => {
      answer.statusCode = asked++ < 2 ? 503 : 204;
      answer.end();
    });
    let asked = 0;
    server.listen(Number(process.env.SERVER_PORT), "127.0.0.1", () => console.log("listening", process.pid));
    setInterval(() => console.log("still there"), 100);
  '`;

async function freePort(): Promise<string> {
  const { createServer } = await import("node:net");
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.close(() => resolve(String(port)));
  });
  return promise;
}

it("is ready on a 2xx answer, goes on, and is stopped by its undo", async () => {
  const SERVER_PORT = await freePort();
  const world = stepWorld({ values: { SERVER_PORT } });
  const step = startStep(SERVER, { http: "http://127.0.0.1:${SERVER_PORT}/" });
  const outcome = await world.runner.run(step, world.context);
  expect(outcome.status).toBe("passed");
  const pid = Number(/listening (\d+)/.exec(world.texts().join("\n"))?.[1]);
  expect(alive(pid)).toBe(true);
  const before = world.lines.length;
  await waitFor(() => expect(world.lines.length).toBeGreaterThan(before));
  expect(await world.undoAll()).toEqual([{ ok: true, value: "stopped" }]);
  expect(alive(pid)).toBe(false);
  expect(await world.undoAll()).toEqual([
    { ok: true, value: expect.stringContaining("already ended") },
  ]);
});

it("is owed to be stopped before there is a process", async () => {
  const world = stepWorld();
  const registered: Resource["undo"][] = [];
  const context: typeof world.context = {
    ...world.context,
    state: world.state(),
    async register(resource) {
      registered.push(resource.undo);
      if (registered.length === 1) expect(world.texts()).toEqual([]);
      await world.context.register(resource);
    },
  };
  const outcome = await world.runner.run(
    startStep("echo on; sleep 1000", { output: "on" }),
    context,
  );
  expect(outcome.status).toBe("passed");
  expect(registered).toEqual([
    { by: "start-step", token: expect.any(String) },
    expect.objectContaining({ pid: expect.stringMatching(/^\d+$/), started: expect.any(String) }),
  ]);
  await world.undoAll();
});

it("fails when it dies before it is ready, with what it said last", async () => {
  const world = stepWorld();
  const step = startStep("echo no port left >&2; exit 7", { output: "never" });
  expect(await world.runner.run(step, world.context)).toMatchObject({
    status: "failed",
    failure: { message: expect.stringMatching(/exit 7.*no port left/) },
  });
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("fails when it dies at once and nothing says when it is ready", async () => {
  const world = stepWorld();
  const outcome = await world.runner.run(startStep("exit 7"), world.context);
  expect(outcome.status).toBe("failed");
});

it("is stopped when it is not ready in time, or when the operator cancels", async () => {
  const world = stepWorld();
  const slow = startStep("echo $$; exec sleep 1000", { output: "never", timeoutSeconds: 0.3 });
  expect(await world.runner.run(slow, world.context)).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("not ready within 0.3 s") },
  });
  expect(alive(Number(world.texts()[0]))).toBe(false);

  const running = world.runner.run(
    startStep("echo $$; exec sleep 1000", { output: "never" }),
    world.context,
  );
  await waitFor(() => expect(world.lines).toHaveLength(2));
  world.cancel("enough");
  expect(await running).toMatchObject({ status: "interrupted", reason: "enough" });
  expect(alive(Number(world.texts()[1]))).toBe(false);
  expect(world.resources()).toMatchObject([{ status: "released" }]);
});

it("replaces what an earlier attempt of the step started", async () => {
  const world = stepWorld();
  const step = startStep("echo $$; exec sleep 1000", { output: "" });
  await world.runner.run(step, world.context);
  await waitFor(() => expect(world.lines).toHaveLength(1));
  const first = Number(world.texts()[0]);
  await world.runner.run(step, world.context);
  expect(alive(first)).toBe(false);
  expect(world.resources()).toHaveLength(1);
  await world.undoAll();
});

function leftBehind(undo: Resource["undo"]): Resource {
  const label = 'the process of step "Server"';
  return { id: "process:server", kind: "process", label, undo, step: "server", status: "owed" };
}

it("stops what an earlier life left running, grandchildren that fled the group included", async () => {
  const directory = temporaryDirectory();
  const script = "setsid sleep 1000 & echo $! > fled; sleep 1000 & echo $! > child; wait";
  const token = `token-${process.pid}`;
  const env = { ...process.env, RESTORE_DRILL_PROCESS: token };
  const options = { cwd: directory, env, detached: true, stdio: "ignore" } as const;
  const left = spawn("bash", ["-c", script], options);
  onTestFinished(() => void left.kill("SIGKILL"));
  const read = (name: string) => Number(readFileSync(join(directory, name), "utf8").trim());
  await waitFor(() => expect(read("child") * read("fled")).toBeGreaterThan(1));
  const facts = await processFacts(left.pid ?? 0);
  const resource = leftBehind({ by: "start-step", token, ...facts });
  expect(await stopResource(resource, stubTarget())).toEqual({ ok: true, value: "stopped" });
  for (const pid of [left.pid ?? 0, read("child"), read("fled")]) {
    await waitFor(() => expect(alive(pid)).toBe(false));
  }
  expect(await stopResource(resource, stubTarget())).toEqual({
    ok: true,
    value: "it had already ended",
  });
});

it("finds what was started by the token alone, when the crash came before its pid was written", async () => {
  const token = `alone-${process.pid}`;
  const env = { ...process.env, RESTORE_DRILL_PROCESS: token };
  const left = spawn("sleep", ["1000"], { env, detached: true, stdio: "ignore" });
  onTestFinished(() => void left.kill("SIGKILL"));
  const resource = leftBehind({ by: "start-step", token });
  await waitFor(async () =>
    expect(await stopResource(resource, stubTarget())).toEqual({ ok: true, value: "stopped" }),
  );
  await waitFor(() => expect(alive(left.pid ?? 0)).toBe(false));
});

it("never touches a stranger that was given the same pid", async () => {
  const stranger = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void stranger.kill("SIGKILL"));
  const facts = await processFacts(stranger.pid ?? 0);
  const undo = { by: "start-step", token: "not its token", ...facts };
  for (const other of [
    { ...undo, started: "1" },
    { ...undo, boot: "another boot" },
    { by: "start-step", token: "", pid: String(stranger.pid) },
    { by: "start-step", token: "", pid: "-1", started: "", boot: "" },
  ]) {
    expect(await stopResource(leftBehind(other), stubTarget())).toEqual({
      ok: true,
      value: "it had already ended",
    });
  }
  expect(stranger.signalCode).toBeNull();
  expect(alive(stranger.pid ?? 0)).toBe(true);
});
