import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPracticeServer } from "../../source/practice/server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startForTest } from "./practice-server.ts";

const NOBODY = 65_534;
const program = fileURLToPath(new URL("start-and-wait.ts", import.meta.url));

/** Root can try it as somebody else, where that somebody may read this checkout. */
const hasOrdinaryUser =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ["-e", "require('fs').accessSync(process.argv[1])", program], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: "/",
  }).status === 0;
if (!hasOrdinaryUser) {
  console.warn(
    "Not tried as another user: this needs root, and a checkout that everybody can read.",
  );
}

/** What the tests of this file leave here would be a leak. */
let place: string;
let usual: string | undefined;

beforeAll(() => {
  usual = process.env.TMPDIR;
  place = mkdtempSync(join(tmpdir(), "practice-test-"));
  chmodSync(place, 0o777);
  process.env.TMPDIR = place;
});

afterAll(() => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(place, { recursive: true, force: true });
});

/** For the machine's slowest moments; it is over as soon as the condition holds. */

interface Started {
  readonly pid: number;
  readonly directory: string;
  readonly server: number;
}

async function startProgram(uid?: number): Promise<Started> {
  const child = spawn(process.execPath, [program], {
    cwd: "/",
    env: { ...process.env, HOME: place },
    stdio: ["ignore", "pipe", "inherit"],
    // A process group of its own, as a shell makes one.
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const directory = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => resolve(text.trim()));
    child.on("exit", (exit) => reject(new Error(`ended with ${exit}`)));
  });
  if (!directory.startsWith("/")) throw new Error(directory);
  const server = Number(
    readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n")[0],
  );
  return { pid: child.pid ?? 0, directory, server };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function expectNothingLeft(started: Started): Promise<void> {
  await waitFor(() => {
    expect(isAlive(started.server)).toBe(false);
    expect(existsSync(started.directory)).toBe(false);
  }, 25);
}

describe("when the process that started it ends", () => {
  test("kill -9 leaves no server and no directory", async () => {
    const started = await startProgram();
    expect(isAlive(started.server)).toBe(true);
    process.kill(started.pid, "SIGKILL");
    await expectNothingLeft(started);
  });

  test.each(["SIGINT", "SIGHUP"] as const)(
    "%s to all that the terminal knows leaves nothing either",
    async (signal) => {
      const started = await startProgram();
      process.kill(-started.pid, signal);
      await expectNothingLeft(started);
    },
  );

  test.runIf(hasOrdinaryUser)("an ordinary user's kill -9 leaves nothing either", async () => {
    const started = await startProgram(NOBODY);
    process.kill(started.pid, "SIGKILL");
    await expectNothingLeft(started);
  });

  test("a server that ignores the polite request is ended all the same", async () => {
    const started = await startProgram();
    process.kill(started.server, "SIGSTOP");
    process.kill(started.pid, "SIGKILL");
    await expectNothingLeft(started);
  });
});

describe("when the start does not succeed", () => {
  test.each(["Creating", "Starting", "Filling"])(
    "an abort while %s leaves nothing",
    async (word) => {
      const abort = new AbortController();
      const started = await startPracticeServer({
        line: (text) => text.startsWith(word) && abort.abort(),
        signal: abort.signal,
      });
      expect(started).toMatchObject({ ok: false, problem: { code: "interrupted" } });
      expect(readdirSync(place)).toEqual([]);
    },
  );

  test("files that cannot run leave nothing and say which", async () => {
    const native = join(place, "empty-tree");
    const signal = new AbortController().signal;
    const started = await startPracticeServer({ line: () => {}, signal, native });
    expect(started).toMatchObject({
      ok: false,
      problem: { code: "unusable", message: expect.stringContaining("empty-tree") },
    });
    expect(readdirSync(place)).toEqual([]);
  });
});

test("a temporary directory that cannot be used is told", async () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = join(place, "missing");
  try {
    const started = await startPracticeServer({
      line: () => {},
      signal: new AbortController().signal,
    });
    expect(started).toMatchObject({ ok: false, problem: { code: "unusable" } });
  } finally {
    process.env.TMPDIR = before;
  }
});

test("close leaves nothing, and may be called twice", async () => {
  const server = await startForTest();
  expect(readdirSync(place)).toHaveLength(1);
  await Promise.all([server.close(), server.close()]);
  expect(readdirSync(place)).toEqual([]);
});
