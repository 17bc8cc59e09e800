import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Target, WorkIo } from "../../source/environment/target.ts";
import { openPracticeTarget } from "../../source/environment/targets/practice.ts";
import { waitFor } from "../helpers/wait-for.ts";

const run = promisify(execFile);
const lines: string[] = [];
let home: string;
let target: Target;

const io = (): WorkIo => ({
  signal: new AbortController().signal,
  line: (_, text) => lines.push(text),
  progress: vi.fn(),
});

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "practice-home-"));
  const opened = await openPracticeTarget({
    line: (text) => lines.push(text),
    signal: new AbortController().signal,
    backupDirectory: join(home, "practice-backups"),
  });
  if (!opened.ok) throw new Error(opened.problem.message);
  target = opened.value;
});

afterAll(async () => {
  await target.close();
  rmSync(home, { recursive: true, force: true });
});

async function createDatabase(name: string): Promise<void> {
  const session = await target.connect({
    database: "postgres",
    role: "maintenance",
    purpose: "test",
  });
  if (!session.ok) throw new Error(session.problem.message);
  const created = await session.value.query(`CREATE DATABASE "${name}" TEMPLATE template0`);
  await session.value.close();
  if (!created.ok) throw new Error(created.problem.message);
}

describe("opening", () => {
  test("tells what it does", () => {
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^Creating a PostgreSQL 18/),
      expect.stringMatching(/^Starting PostgreSQL 18/),
      expect.stringMatching(/^Filling ringrift/),
    ]);
  });

  test("gives a target that is practice, not production", () => {
    expect(target.summary).toMatchObject({
      name: "practice",
      target: "practice",
      database: "ringrift",
    });
    expect(target.summary.server.version).toMatch(/^18\./);
    expect(target.production).toBe(false);
    expect([...target.capabilities].sort()).toEqual(["app", "migrations", "web-page"]);
    expect(target.reasonWithout("monitoring")).toContain("practice");
  });

  test("keeps its passwords out of what is shown", () => {
    expect(target.secrets.length).toBeGreaterThanOrEqual(2);
    const shown = [
      ...lines,
      target.describeDump({ database: "ringrift", format: "plain", file: "/b.sql" }),
      target.describeRestore({ database: "r", format: "plain", file: "/b.sql" }),
      target.describeApp({ database: "r", port: 0 }),
      JSON.stringify(target.summary),
      JSON.stringify(target.variables),
    ].join("\n");
    for (const secret of target.secrets) expect(shown).not.toContain(secret);
  });

  test("says of every format that it works, or why not", async () => {
    const formats = await target.formats();
    expect(formats).toMatchObject({ ok: true, value: { plain: true } });
    for (const format of ["custom", "directory"] as const) {
      expect(formats.ok && formats.value[format]).toEqual(
        formats.ok && formats.value[format] === true ? true : expect.stringContaining("install"),
      );
    }
  });
});

test("a session on the primary cannot write", async () => {
  const session = await target.connect({ database: "ringrift", role: "primary", purpose: "test" });
  if (!session.ok) throw new Error(session.problem.message);
  const written = await session.value.query("DELETE FROM users");
  await session.value.close();
  expect(written).toMatchObject({
    ok: false,
    problem: { message: expect.stringContaining("read-only") },
  });
});

test("nothing is restored into the primary", async () => {
  const request = { database: "ringrift", format: "plain", file: "/nowhere.sql" } as const;
  expect(await target.restore(request, io())).toMatchObject({
    ok: false,
    problem: { code: "refused" },
  });
});

test("a backup restores, and the game plays on the restored database with its smokes", async () => {
  const file = join(target.backupDirectory, "practice_drill.sql");
  expect(await target.dump({ database: "ringrift", format: "plain", file }, io())).toMatchObject({
    ok: true,
    value: { exit: 0 },
  });
  await createDatabase("drill copy");
  expect(
    await target.restore({ database: "drill copy", format: "plain", file }, io()),
  ).toMatchObject({ ok: true, value: { exit: 0 } });

  const app = await target.startApp({ database: "drill copy", port: 0 }, io());
  if (!app.ok) throw new Error(app.problem.message);
  const { url } = app.value;
  try {
    await waitFor(async () => {
      const ready = await fetch(`${url}/ready`);
      expect(await ready.json()).toMatchObject({
        status: "ready",
        checks: { database: "drill copy" },
      });
    });
    const env = { ...process.env, APP_URL: url };
    const auth = await run("./scripts/test-auth.sh", { cwd: target.project, env });
    expect(auth.stdout).toContain("test-auth: all good");
    const load = await run(process.execPath, ["scripts/load-smoke.mjs"], {
      cwd: target.project,
      env,
    });
    expect(load.stdout).toMatch(/12 games, \d+ moves/);
  } finally {
    await app.value.process.stop();
  }
  const failing = run("./scripts/test-auth.sh", {
    cwd: target.project,
    env: { ...process.env, APP_URL: url },
  });
  await expect(failing).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("FAIL POST"),
  });
});

test("the project's own validations look, and find what is wrong", async () => {
  const { scripts } = JSON.parse(readFileSync(join(target.project, "package.json"), "utf8"));
  const names = ["validate:deployment", "validate:monitoring", "ssot-check"];
  for (const name of names) {
    const [, script] = String(scripts[name]).split(" ");
    expect((await run(process.execPath, [script ?? ""], { cwd: target.project })).stdout).toContain(
      `${name}: all good`,
    );
  }
  rmSync(join(target.project, ".env.example"));
  const broken = run(process.execPath, ["scripts/validate-deployment.mjs"], {
    cwd: target.project,
  });
  await expect(broken).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("FAIL") });
});

test("closing takes everything but the backups, for the user's eyes only", async () => {
  const directory = join(target.project, "..");
  await target.close();
  expect(existsSync(directory)).toBe(false);
  expect(readdirSync(target.backupDirectory)).toEqual(["practice_drill.sql"]);
  expect(statSync(target.backupDirectory).mode & 0o077).toBe(0);
  await target.close();
});
