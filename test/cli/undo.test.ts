/** What a `run` step makes is owed from its start, and goes by its own `undo`, whatever happens. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newHome, runCli, startCli } from "../helpers/cli.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";

describe.runIf(postgres15Available)("what a run step made", () => {
  let server: Postgres15;
  let home: string;

  beforeAll(async () => {
    server = await startPostgres15();
    server.createRole("ringrift", "pw", "CREATEDB");
    server.createDatabase("ringrift", "ringrift");
  });
  beforeEach(async () => {
    home = await newHome();
    const place = `host: ${server.host}, port: ${server.port}, user: ringrift, database: ringrift`;
    writeFileSync(
      join(home, "restore-drill.yaml"),
      `default: local\nenvironments:\n  local: { target: direct, ${place}, password: "\${PW}", backups: { host: . } }\n`,
    );
  });
  afterAll(() => server?.stop());

  const thing = () => join(home, "thing");
  const options = () => ({ home, env: { PW: "pw" } });
  const drill = (...words: readonly string[]) =>
    runCli([join(home, "undo.yaml"), "--headless", ...words], options());
  const entry = (): unknown =>
    JSON.parse(readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n").at(-1) ?? "");

  function write(run: string, undo: string, more = "") {
    writeFileSync(
      join(home, "undo.yaml"),
      `id: undo
title: Undo
variables: { THING: thing }
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
          - id: make
            title: Make it
            makes: the thing called \${THING}
            costs: a few bytes
            run: ${JSON.stringify(run)}
            undo: ${JSON.stringify(undo)}
${more}`,
    );
  }
  const REMOVER = `            removedBy: remove
          - { id: remove, title: Remove it, destroys: "\${THING}", uses: drill/undo }
`;
  const UNDO = 'rm -f "$THING"';

  it("goes at its step as well when an action made it", async () => {
    const create =
      "uses: postgres/create-restore-database, with: { database: drilled }, makes: a database, removedBy: remove";
    write(
      "true",
      "true",
      `          - { id: create, title: Create it, ${create} }
          - { id: remove, title: Remove it, uses: drill/undo }
          - { id: after, title: Go on, run: "true" }
`,
    );
    const { exit, stdout, stderr } = await drill();
    expect(exit, stdout + stderr).toBe(0);
    expect(stdout.indexOf('"drilled": dropped')).toBeGreaterThan(0);
    expect(stdout.indexOf('"drilled": dropped')).toBeLessThan(stdout.indexOf("run     after"));
  });

  it("is told in the plan, with what it costs and what removes it", async () => {
    write('echo made > "$THING"', UNDO, REMOVER);
    const { exit, stdout } = await drill("--dry-run");
    expect(stdout).toContain("makes: the thing called thing");
    expect(stdout).toContain("costs: a few bytes");
    expect(stdout).toContain("removed by: remove");
    expect(stdout).toContain("destroys: thing");
    expect(exit).toBe(0);
    expect(existsSync(thing())).toBe(false);
  });

  it("is removed by the step that says so", async () => {
    write('echo made > "$THING"; ls', UNDO, REMOVER);
    const { exit, stdout } = await drill();
    expect(stdout).toMatch(
      /run {5}make: Make it\n +makes: the thing called thing\n +costs: a few bytes/,
    );
    expect(exit).toBe(0);
    expect(existsSync(thing())).toBe(false);
    expect(entry()).toMatchObject({
      verdict: "passed",
      items: [{ steps: [{ id: "make" }, { id: "remove", checks: [{ observed: "removed" }] }] }],
    });
  });

  it("is removed at the end where no step does, also when the step failed half-way", async () => {
    write('echo made > "$THING"; false', UNDO);
    const { exit } = await drill();
    expect(exit).toBe(1);
    expect(existsSync(thing())).toBe(false);
    expect(entry()).toMatchObject({ verdict: "failed" });
  });

  it("stays owed when its undo fails, is named, and goes when that is mended", async () => {
    write(
      'echo made > "$THING"',
      'test -e mended || { echo "no such account" >&2; exit 3; }; rm "$THING"',
    );
    const { exit, stdout, stderr } = await drill();
    const said = stdout + stderr;
    expect(said).toContain("There may still be the thing called thing");
    expect(said).toContain("exit code 3");
    expect(said).toContain("no such account");
    expect(exit).toBe(1);
    expect(existsSync(thing())).toBe(true);
    const id = /drill-\d{8}-\d{6}-\w+/.exec(said)?.[0] ?? "";
    writeFileSync(join(home, "mended"), "");
    const abandoned = await runCli(["abandon", id], options());
    expect(abandoned.exit, abandoned.stderr).toBe(0);
    expect(existsSync(thing())).toBe(false);
  });

  it("is owed after kill -9 in the middle of making it, and abandoning removes it", async () => {
    write('echo made > "$THING"; echo here; sleep 600', UNDO);
    const running = startCli([join(home, "undo.yaml"), "--headless"], options());
    await expect.poll(() => existsSync(thing()), { timeout: 20_000 }).toBe(true);
    running.child.kill("SIGKILL");
    await running.ended;
    expect(existsSync(thing())).toBe(true);
    const { exit, stderr, stdout } = await runCli(
      ["abandon", /drill-\d{8}-\d{6}-\w+/.exec(running.stdout() + running.stderr())?.[0] ?? ""],
      options(),
    );
    expect(exit, stdout + stderr).toBe(0);
    expect(existsSync(thing())).toBe(false);
    expect(entry()).toMatchObject({ verdict: "aborted" });
    rmSync(home, { recursive: true, force: true });
  });
});
