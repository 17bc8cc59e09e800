import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stepWorld, temporaryDirectory } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

const STEP = usesStep("environment/known-commit");

function git(directory: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Robin", "-c", "user.email=robin@example.org"];
  return execFileSync("git", ["-C", directory, ...who, ...args], { encoding: "utf8" }).trim();
}

function repository(): string {
  const project = temporaryDirectory();
  git(project, "init", "--quiet");
  writeFileSync(join(project, "kept.txt"), "one\n");
  git(project, "add", ".");
  git(project, "commit", "--quiet", "--message", "one");
  return project;
}

function world(project: string) {
  return stepWorld({ target: { project, backupDirectory: join(project, "backups [1]") } });
}

it("records the commit of a clean project", async () => {
  const project = repository();
  const { runner, context } = world(project);
  const outcome = await runner.run(STEP, context);
  expect(outcome).toMatchObject({
    status: "passed",
    report: { values: { COMMIT: git(project, "rev-parse", "HEAD") } },
  });
});

it("leaves out the drill's own backups and configuration", async () => {
  const project = repository();
  mkdirSync(join(project, "backups [1]"));
  writeFileSync(join(project, "backups [1]", "a.sql"), "");
  writeFileSync(join(project, "restore-drill.yaml"), "");
  const { runner, context } = world(project);
  expect((await runner.run(STEP, context)).status).toBe("passed");
  writeFileSync(join(project, "other.sql"), "");
  expect((await runner.run(STEP, context)).status).toBe("failed");
});

it("names what is changed, renamed and new", async () => {
  const project = repository();
  git(project, "mv", "kept.txt", "moved\nname.txt");
  for (const name of ["a", "b", "c", "d", "e"]) writeFileSync(join(project, `new ${name}`), "");
  const { runner, context } = world(project);
  const outcome = await runner.run(STEP, context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("6 files (moved") },
    report: { values: { COMMIT: git(project, "rev-parse", "HEAD") } },
  });
  expect(outcome).toMatchObject({ failure: { message: expect.stringContaining("and 1 more") } });
});

it("runs no code of the repository and changes nothing in it", async () => {
  const project = repository();
  const hook = join(project, ".git", "monitor");
  writeFileSync(hook, `#!/bin/sh\ntouch '${project}/owned'\n`);
  chmodSync(hook, 0o755);
  git(project, "config", "core.fsmonitor", hook);
  const { runner, context } = world(project);
  expect((await runner.run(STEP, context)).status).toBe("passed");
  expect(existsSync(join(project, "owned"))).toBe(false);
});

it("works below the top of the repository", async () => {
  const top = repository();
  const project = join(top, "deploy");
  mkdirSync(project);
  const { runner, context, state } = world(project);
  expect(await runner.notApplicable(STEP, state())).toBeUndefined();
  expect((await runner.run(STEP, context)).status).toBe("passed");
  writeFileSync(join(top, "kept.txt"), "two\n");
  expect((await runner.run(STEP, context)).status).toBe("failed");
});

it("does not apply outside of a repository, and fails in one without a commit", async () => {
  const project = temporaryDirectory();
  const { runner, state, context } = world(project);
  expect(await runner.notApplicable(STEP, state())).toBe(`${project} is not in a git repository.`);
  git(project, "init", "--quiet");
  expect(await runner.notApplicable(STEP, state())).toBeUndefined();
  expect(await runner.run(STEP, context)).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("git rev-parse --verify HEAD failed") },
  });
  rmSync(join(project, ".git"), { recursive: true });
});
