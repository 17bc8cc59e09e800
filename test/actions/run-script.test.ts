import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runStep } from "../helpers/checklist.ts";
import { alive, stepWorld, temporaryDirectory } from "../helpers/step-world.ts";
import { waitFor } from "../helpers/wait-for.ts";

it("runs a script in the project with the variables in its environment, never in its text", async () => {
  const project = temporaryDirectory();
  const hostile = "$(touch owned)`touch owned`\"; touch owned; '\n--";
  const world = stepWorld({ target: { project }, values: { NAME: hostile } });
  const outcome = await world.runner.run(
    runStep({ id: "s", run: 'printf %s "$NAME" > seen; pwd' }),
    world.context,
  );
  expect(outcome).toMatchObject({ status: "passed", report: { exit: 0 } });
  expect(readFileSync(join(project, "seen"), "utf8")).toBe(hostile);
  expect(existsSync(join(project, "owned"))).toBe(false);
  expect(world.texts()).toEqual([project]);
  expect(world.commands).toEqual(['printf %s "$NAME" > seen; pwd']);
});

it("journals the command before it runs", async () => {
  const project = temporaryDirectory();
  const world = stepWorld({ target: { project } });
  const seen: boolean[] = [];
  const context = {
    ...world.context,
    command: async () => void seen.push(existsSync(join(project, "ran"))),
  };
  await world.runner.run(runStep({ id: "s", run: "touch ran" }), context);
  expect(seen).toEqual([false]);
  expect(existsSync(join(project, "ran"))).toBe(true);
});

it.each([
  ["a failing part of a pipe", "false | cat", "1"],
  ["a command that is not there", "no-such-command-here", "127"],
  ["an unset variable", "echo $NOT_SET_ANYWHERE", "1"],
  ["a failure in the middle", "false; echo went on", "1"],
  ["a script that begins with a dash", "-x", "127"],
])("fails on %s", async (_title, run, exit) => {
  const world = stepWorld();
  const outcome = await world.runner.run(runStep({ id: "s", run }), world.context);
  expect(outcome).toMatchObject({ status: "failed", report: { exit: Number(exit) } });
  expect(world.texts()).not.toContain("went on");
  expect(outcome.report.checks).toContainEqual({
    title: "exit status",
    status: "failed",
    expected: "0",
    observed: exit,
  });
});

it("tells the last lines of a failed script", async () => {
  const world = stepWorld();
  const step = runStep({ id: "s", run: "echo the disk is full >&2; exit 3" });
  const outcome = await world.runner.run(step, world.context);
  expect(outcome).toMatchObject({
    failure: { message: expect.stringMatching(/3.*the disk is full/s) },
  });
});

it("names bash when it is missing", async () => {
  const world = stepWorld();
  const processes = {
    run: () => Promise.reject(new Error("not used")),
    start: () => Promise.reject(new Error("not used")),
  };
  const without = stepWorld({
    processes: {
      ...processes,
      run: async () => ({
        ok: false as const,
        problem: { code: "unusable" as const, message: "bash was not found on PATH." },
      }),
    },
  });
  const outcome = await without.runner.run(runStep({ id: "s" }), world.context);
  expect(outcome).toMatchObject({ failure: { message: "bash was not found on PATH." } });
});

it("holds what a script writes against what is expected", async () => {
  const world = stepWorld({ values: { WORD: "dump" } });
  const step = {
    ...runStep({ id: "s", run: "echo PostgreSQL database dump; exit 2" }),
    expect: { exit: 2, stdout: { contains: "database ${WORD}" } },
  };
  expect((await world.runner.run(step, world.context)).status).toBe("passed");
  const wrong = { ...step, expect: { exit: 2, stdout: { contains: "MySQL" } } };
  const outcome = await world.runner.run(wrong, world.context);
  expect(outcome.status).toBe("failed");
  expect(outcome.report.checks).toContainEqual(
    expect.objectContaining({ status: "failed", expected: "contains MySQL" }),
  );
});

it("fails a script that says it failed and ends with 0, where that is asked", async () => {
  const world = stepWorld();
  const step = runStep({ id: "s", run: "echo fine; echo 'FAILED login' >&2; echo done" });
  expect((await world.runner.run(step, world.context)).status).toBe("passed");
  const asked = await world.runner.run({ ...step, expect: { clean: true } }, world.context);
  expect(asked).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("FAILED login") },
  });
});

it("captures trimmed output, and nothing from a failed script", async () => {
  const world = stepWorld();
  const step = { ...runStep({ id: "s", run: "echo; echo '  a b '" }), capture: "ANSWER" };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome.report.values).toEqual({ ANSWER: "a b" });
  const bad = await world.runner.run({ ...step, run: "echo x; false" }, world.context);
  expect(bad.report.values).toEqual({});
});

it("refuses to capture more than a variable can hold", async () => {
  const world = stepWorld({ onLine: () => {} });
  const step = {
    ...runStep({ id: "s", run: "head -c 200000 /dev/zero | tr '\\0' x" }),
    capture: "X",
  };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome).toMatchObject({ status: "failed", report: { values: {} } });
});

it("gives secrets to the script and to nobody else", async () => {
  const secret = "p4ss word & sound";
  const world = stepWorld({
    target: { secrets: [secret], secretVariables: () => ({ DB_PASSWORD: secret }) },
    secretValues: { TOKEN_VALUE: "t0ken-secret" },
  });
  const step = {
    ...runStep({
      id: "s",
      run: `echo "it is $DB_PASSWORD"; test "$TOKEN_VALUE" = t0ken-secret; echo "x\u001b[31m$DB_PASSWORD" >&2; : '${secret}'; echo "$DB_PASSWORD"`,
    }),
    capture: "LEAK",
    expect: { stdout: { contains: "it is" } },
  };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome.status).toBe("passed");
  expect(JSON.stringify([outcome, world.lines, world.commands])).not.toContain("p4ss word");
  expect(world.texts()).toContain("it is ••••");
});

it("hides a secret that colour codes cut in two", async () => {
  const world = stepWorld({ target: { secrets: ["hunter22"] } });
  const step = runStep({ id: "s", run: "printf 'hun\\033[1mter22\\n'" });
  await world.runner.run(step, world.context);
  expect(world.texts()).toEqual(["••••"]);
});

it("takes control sequences out of lines and checks, and leaves colour in lines", async () => {
  const world = stepWorld();
  const run = "printf '\\033]0;title\\007\\033[2Jhi \\033[32mgreen\\033[0m\\n'";
  const step = { ...runStep({ id: "s", run }), expect: { stdout: { equals: "nothing" } } };
  const outcome = await world.runner.run(step, world.context);
  expect(world.texts()).toEqual(["hi \u001b[32mgreen\u001b[0m"]);
  expect(JSON.stringify(outcome.report)).not.toContain("\\u001b");
});

it("passes a million lines on without keeping them", async () => {
  let count = 0;
  const world = stepWorld({
    onLine() {
      count += 1;
    },
  });
  const before = process.memoryUsage().heapUsed;
  const step = {
    ...runStep({ id: "s", run: "seq 1000000" }),
    expect: { stdout: { matches: "^1$" } },
  };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome.status).toBe("passed");
  expect(count).toBe(1_000_000);
  expect(outcome.report.checks).toContainEqual(expect.objectContaining({ status: "warning" }));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
});

it("kills a script that takes too long, with everything it started", async () => {
  const project = temporaryDirectory();
  const world = stepWorld({ target: { project } });
  const run = `
    trap 'echo on' TERM
    (trap '' TERM; sleep 1000 & echo $! > grandchild; echo $BASHPID > child; wait; sleep 1000) &
    wait; sleep 1000`;
  const step = { ...runStep({ id: "s", run }), timeoutSeconds: 0.5 };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: '"Step s" did not finish within 0.50 s.' },
  });
  for (const name of ["child", "grandchild"]) {
    const pid = Number(readFileSync(join(project, name), "utf8"));
    expect(pid).toBeGreaterThan(1);
    expect(alive(pid)).toBe(false);
  }
});

it("is interrupted when cancelled, even if the script then ends well", async () => {
  const project = temporaryDirectory();
  const world = stepWorld({ target: { project } });
  const run = "trap 'exit 0' TERM; echo $$ > pid; echo going; sleep 1000 & wait";
  const running = world.runner.run(runStep({ id: "s", run }), world.context);
  await waitFor(() => expect(world.texts()).toContain("going"));
  world.cancel("The operator stopped it.");
  expect(await running).toMatchObject({
    status: "interrupted",
    reason: "The operator stopped it.",
  });
  expect(alive(Number(readFileSync(join(project, "pid"), "utf8")))).toBe(false);
});

it("does not run what was cancelled before it began", async () => {
  const project = temporaryDirectory();
  const world = stepWorld({ target: { project } });
  world.cancel("no");
  const outcome = await world.runner.run(runStep({ id: "s", run: "touch ran" }), world.context);
  expect(outcome.status).toBe("interrupted");
  expect(existsSync(join(project, "ran"))).toBe(false);
});

it("tries again until it works, and says so", async () => {
  const project = temporaryDirectory();
  writeFileSync(join(project, "left"), "xx");
  const world = stepWorld({ target: { project } });
  const run =
    "truncate -s -1 left 2>/dev/null; [ -s left ] && { echo not yet >&2; exit 1; }; echo fine";
  const step = { ...runStep({ id: "s", run }), retry: { times: 3, delaySeconds: 0.01 } };
  const outcome = await world.runner.run(step, world.context);
  expect(outcome).toMatchObject({ status: "passed", report: { exit: 0 } });
  expect(outcome.report.checks.every(({ status }) => status === "passed")).toBe(true);
  const notes = world.lines.filter(({ stream }) => stream === "note").map(({ text }) => text);
  expect(notes).toEqual([expect.stringMatching(/^Try 1 of 4 failed, again in 0\.01 s: .*not yet/)]);
});

it("gives up after the last try, and stops trying when cancelled", async () => {
  const world = stepWorld();
  const step = { ...runStep({ id: "s", run: "exit 5" }), retry: { times: 2, delaySeconds: 0 } };
  expect(await world.runner.run(step, world.context)).toMatchObject({
    status: "failed",
    report: { exit: 5 },
  });
  expect(world.commands).toHaveLength(3);

  const patient = { ...step, retry: { times: 2, delaySeconds: 3600 } };
  const running = world.runner.run(patient, world.context);
  await waitFor(() => expect(world.texts().at(-1)).toContain("again in 1 h"));
  world.cancel("enough");
  expect(await running).toMatchObject({ status: "interrupted", reason: "enough" });
});
