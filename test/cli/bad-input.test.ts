/** Bad input: one clear message, the exit code of the contract, and nothing left behind. */
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { newHome, runCli } from "../helpers/cli.ts";

let home: string;
let folder: string;

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const ONE_STEP = (step: string) => `id: one
title: One
sections:
  - title: Only
    items:
      - id: item
        title: Item
        steps:
          - { id: step, title: Step, ${step} }
`;

beforeAll(async () => {
  home = await newHome();
  folder = await mkdtemp(join(tmpdir(), "restore-drill-bad-"));
});

describe("usage", () => {
  it.each([
    [["--nonsense"], /unknown option '--nonsense'/],
    [["--set", "NOVALUE"], /"NOVALUE" is not NAME=VALUE/],
    [["--set", "RESTORE_BD=x"], /RESTORE_DB/],
    [["--set", "PRIMARY_DB=x"], /comes from the environment/],
    [["log", "export", "--format", "pdf", "--output", "x"], /markdown/],
    [["log", "show", "nope"], /log is empty/],
    [["resume", "nope"], /no drill "nope"/],
    [["resume"], /no unfinished drill/],
    [["abandon", "../../etc"], /no drill/],
  ])("%j exits 2 and says what to do", async (args, message) => {
    const outcome = await runCli(args, { home });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(outcome.exit).toBe(2);
  });

  it("refuses to skip a required step", async () => {
    const args = ["--headless", "--environment", "practice", "--skip", "restore=no time"];
    const outcome = await runCli(args, { home });
    expect(outcome.stderr).toContain('Step "restore" is required');
    expect(outcome.exit).toBe(2);
  });
});

describe("checklists and configuration", () => {
  it("exits 3 for a checklist that does not exist, and suggests one", async () => {
    const outcome = await runCli(["database-backup-restor"], { home });
    expect(outcome).toMatchObject({ exit: 3 });
    expect(outcome.stderr).toContain("database-backup-restore");
  });

  it("exits 3 for malformed YAML and unknown keys, with line and column", async () => {
    const broken = await file("broken.yaml", "id: [\n");
    expect(await runCli(["check", broken], { home })).toMatchObject({ exit: 3 });
    const unknown = await file("unknown.yaml", ONE_STEP("run: 'true', retires: 2"));
    const outcome = await runCli(["check", unknown], { home });
    expect(outcome.exit).toBe(3);
    expect(outcome.stderr).toMatch(/unknown\.yaml:9:\d+: .*retires/);
    expect(outcome.stderr).toContain("retry");
  });

  it("exits 3 for an environment that does not exist and for a broken restore-drill.yaml", async () => {
    const args = ["--headless", "--environment", "stagin"];
    expect(await runCli(args, { home })).toMatchObject({ exit: 3 });
    const config = await file(
      "restore-drill.yaml",
      "environments:\n  local:\n    target: dierct\n",
    );
    const outcome = await runCli(["--headless", "--config", config], { home });
    expect(outcome.stderr).toMatch(/restore-drill\.yaml:3:\d+/);
    expect(outcome.exit).toBe(3);
  });

  it("exits 3 for a password written into the configuration, without repeating it", async () => {
    const config = await file(
      "literal.yaml",
      `environments:
  local: { target: direct, host: 127.0.0.1, user: u, database: d, password: hunter2-literal, backups: { host: . } }
`,
    );
    const outcome = await runCli(["--headless", "--config", config, "--environment", "local"], {
      home,
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout + outcome.stderr).not.toContain("hunter2-literal");
  });

  it("exits 3 for an answers file with unknown steps, before anything runs", async () => {
    const checklist = await file("human.yaml", ONE_STEP("confirm: Look., optional: true"));
    const answers = await file("answers.yaml", "answers: { setp: { done: true } }\n");
    const args = [checklist, "--headless", "--environment", "practice", "--answers", answers];
    const outcome = await runCli(args, { home });
    expect(outcome.stderr).toContain('"setp"');
    expect(outcome.stdout).not.toContain("run ");
    expect(outcome.exit).toBe(3);
  });
});

describe("environments", () => {
  const local = (host: string, port: number, extra = "") => `environments:
  local: { target: direct, host: ${host}, port: ${port}, user: ringrift, database: ringrift, backups: { host: . } ${extra} }
`;

  it("exits 4 for a server that does not answer", async () => {
    const config = await file("closed.yaml", local("127.0.0.1", 1));
    const args = ["--headless", "--config", config, "--environment", "local"];
    const outcome = await runCli(args, { home });
    expect(outcome.stderr).toContain("127.0.0.1:1");
    expect(outcome.exit).toBe(4);
  });

  it("exits 4 for what smells of production, whatever is given", async () => {
    const marked = await file("marked.yaml", local("127.0.0.1", 1, ", production: true"));
    const named = await file("named.yaml", local("db.prod.example", 5432));
    for (const config of [marked, named]) {
      const args = ["--headless", "--config", config, "--environment", "local"];
      const outcome = await runCli(args, { home });
      expect(outcome.stderr).toContain("production");
      expect(outcome.exit).toBe(4);
    }
  });

  it("exits 4 where a checklist is not fit for the environment", async () => {
    const checklist = await file("fit.yaml", `fit: [production]\n${ONE_STEP("run: 'true'")}`);
    const marked = await file("fit-marked.yaml", local("127.0.0.1", 1, ", production: true"));
    const inPractice = await runCli([checklist, "--headless", "--environment", "practice"], {
      home,
    });
    expect(inPractice.stderr).toMatch(/for production only, and environment "practice" is none/);
    expect(inPractice.exit).toBe(4);
    const args = [checklist, "--headless", "--config", marked, "--environment", "local"];
    const inProduction = await runCli(args, { home });
    expect(inProduction.stderr).toContain("127.0.0.1:1 refuses connections");
    expect(inProduction.stderr).not.toContain("looks like production");
  });
});

describe("a required human step", () => {
  it("exits 5 headless without an answer, and 0 with one", async () => {
    const checklist = await file(
      "required.yaml",
      ONE_STEP("confirm: Look., ask: [{ name: seen, label: Seen }]"),
    );
    const args = [checklist, "--headless", "--environment", "practice"];
    const without = await runCli(args, { home });
    expect(without.stderr).toContain('Step "step" needs an operator');
    expect(without.exit).toBe(5);
    const answers = await file(
      "good.yaml",
      `operator: Robin
answers: { step: { done: true, note: all fine, values: { seen: a board } } }
signOff: { issues: none, statement: I looked. }
`,
    );
    expect(await runCli([...args, "--answers", answers], { home })).toMatchObject({ exit: 0 });
    const shown = await runCli(["log", "show", "--json"], { home });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      operator: "Robin",
      issues: "none",
      statement: "I looked.",
      items: [{ steps: [{ note: "all fine", values: { seen: "a board" } }] }],
    });
  });
});

it("leaves no drill of any of these behind", async () => {
  const drills = await readdir(join(home, "drills"));
  const shown = await runCli(["log", "list", "--json"], { home });
  expect(drills).toHaveLength((JSON.parse(shown.stdout) as unknown[]).length);
});
