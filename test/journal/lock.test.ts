import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  acquireLock,
  drillLockPath,
  type LockRequest,
  restoreLockPath,
} from "../../source/journal/lock.ts";
import { thisProcess } from "../../source/journal/process-identity.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { must, problemOf } from "../helpers/results.ts";

const PROCESS = new URL("lock-process.ts", import.meta.url).pathname;

async function lockRequest(): Promise<LockRequest> {
  const path = join(await temporaryFolder(), "locks", "one.lock");
  return { path, what: 'The restore database "x"', operator: "Robin", drill: "drill-1" };
}

interface Taker {
  readonly child: ChildProcess;
  /** What it says first. */
  readonly said: Promise<string>;
}

function take(mode: "once" | "often", path: string): Taker {
  const child = spawn(process.execPath, [PROCESS, mode, path, "Kim"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const said = new Promise<string>((resolve) => {
    let heard = "";
    child.stdout.on("data", (chunk) => {
      heard += chunk;
      if (heard.endsWith("\n")) resolve(heard.trim());
    });
    child.stderr.on("data", (chunk) => {
      heard += chunk;
    });
    child.on("close", () => resolve(heard.trim()));
  });
  return { child, said };
}

test("the second to come is told who holds it, since when and for which drill", async () => {
  const request = await lockRequest();
  const lock = must(await acquireLock(request));
  const problem = problemOf(await acquireLock({ ...request, operator: "Kim" }));
  expect(problem.code).toBe("refused");
  expect(problem.message).toContain('The restore database "x" is in use by Robin');
  expect(problem.message).toContain(`process ${process.pid} on ${hostname()} since 20`);
  expect(problem.message).toContain("drill-1");
  await lock.release();
  await lock.release();
  must(await acquireLock(request));
});

test("a waiter gets it as soon as it is given back", async () => {
  const request = await lockRequest();
  const lock = must(await acquireLock(request));
  const waiting = acquireLock({ ...request, waitMs: 30_000 });
  await lock.release();
  must(await waiting);
});

test("eight processes that take turns are never two at a time", async () => {
  const { path } = await lockRequest();
  const takers = Array.from({ length: 8 }, () => take("often", path));
  const said = await Promise.all(takers.map((taker) => taker.said));
  expect(said).toEqual(said.map(() => "alone every time"));
});

test("what a killed process held goes to exactly one of those who come at once", async () => {
  const { path } = await lockRequest();
  const holder = take("once", path);
  expect(await holder.said).toBe("held");
  holder.child.kill("SIGKILL");
  await once(holder.child, "close");
  const said = await Promise.all(Array.from({ length: 6 }, () => take("once", path).said));
  expect(said.filter((word) => word === "held")).toHaveLength(1);
  expect(said.filter((word) => word.startsWith("It is in use by Kim"))).toHaveLength(5);
});

/** The claim of a process that is not this one, in the file's own form. */
async function plant(request: LockRequest, change: Record<string, unknown>): Promise<void> {
  const lock = must(await acquireLock(request));
  await lock.release();
  const [, line = ""] = (await readFile(request.path, "utf8")).split("\n");
  const claim = { ...JSON.parse(line), claim: "planted", ...change };
  await writeFile(request.path, `\n${JSON.stringify(claim)}\n`);
}

test("a process id that was handed out again does not hold the lock", async () => {
  const request = await lockRequest();
  await plant(request, { started: "1" });
  must(await acquireLock(request));
});

test("the holder is the same process, not another: the planted claim is otherwise believed", async () => {
  const request = await lockRequest();
  await plant(request, {});
  expect((await acquireLock(request)).ok).toBe(false);
});

test("a claim from before the machine was restarted holds nothing", async () => {
  const request = await lockRequest();
  await plant(request, { boot: "another boot" });
  must(await acquireLock(request));
});

test("a claim from another machine is respected, and the way out is named", async () => {
  const request = await lockRequest();
  await plant(request, { host: "elsewhere" });
  const problem = problemOf(await acquireLock(request));
  expect(problem.message).toContain("on elsewhere");
  expect(problem.hint).toContain(request.path);
});

test("a line cut short by a crash spoils only itself", async () => {
  const request = await lockRequest();
  must(await acquireLock(request));
  const text = await readFile(request.path, "utf8");
  await writeFile(request.path, `garbage\n{"claim":\n${text}{"rel`);
  expect((await acquireLock(request)).ok).toBe(false);
});

test("this process knows its own start and boot on Linux", async () => {
  const here = await thisProcess();
  expect(here.pid).toBe(process.pid);
  if (process.platform === "linux") {
    expect(here.started).toMatch(/^\d+$/);
    expect(here.boot).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("locks are told apart by server and name, and hostile names stay in the folder", () => {
  const paths = [
    restoreLockPath("/locks", "1", "a"),
    restoreLockPath("/locks", "2", "a"),
    restoreLockPath("/locks", "1", "../../etc/x\n"),
    drillLockPath("/locks", "../../a"),
  ];
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.map((path) => dirname(path))).toEqual(paths.map(() => "/locks"));
});
