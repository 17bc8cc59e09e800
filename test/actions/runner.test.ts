import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Resource } from "../../source/drill/types.ts";
import { runStep } from "../helpers/checklist.ts";
import { stepWorld, temporaryDirectory } from "../helpers/step-world.ts";
import { fine, type Run, testAction } from "../helpers/test-action.ts";
import { usesStep } from "../helpers/uses-step.ts";

it("expands inputs, nested ones too, and hands them over as their schema reads them", async () => {
  const seen: unknown[] = [];
  const world = stepWorld({
    values: { WHO: "Robin", PORT: "81" },
    actions: testAction(async (input, context) => {
      seen.push(input, context.variables.WHO, context.step);
      return { ok: true, checks: [], values: { OUT: "x" } };
    }),
  });
  const step = usesStep("test/action", {
    name: "${WHO} $${x}",
    port: "${PORT}",
    nested: { list: ["${WHO}", 1, { deep: "${WHO}" }] },
  });
  const outcome = await world.runner.run(step, world.context);
  expect(outcome).toMatchObject({ status: "passed", report: { values: { OUT: "x" } } });
  expect(seen[0]).toEqual({
    name: "Robin ${x}",
    port: 81,
    nested: { list: ["Robin", 1, { deep: "Robin" }] },
  });
  expect(seen.slice(1)).toEqual(["Robin", "act"]);
});

it.each([
  [{ name: "${NOWHERE}" }, /no value for NOWHERE/],
  [{ name: "x", port: "eighty" }, /port: /],
  [{ name: "x", colour: "red" }, /colour/],
  [{ name: "" }, /name: /],
])("fails on the input %j without running", async (given, message) => {
  const world = stepWorld({
    actions: testAction(() => Promise.reject(new Error("it ran"))),
  });
  const outcome = await world.runner.run(usesStep("test/action", given), world.context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: expect.stringMatching(message) },
  });
});

it("turns a throw into a failed step that says it is a bug, without secrets", async () => {
  const world = stepWorld({
    target: { secrets: ["hunter22"] },
    actions: testAction(() => Promise.reject(new TypeError("no length of hunter22"))),
  });
  const outcome = await world.runner.run(usesStep("test/action", { name: "x" }), world.context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: "A bug in this tool stopped the step: TypeError: no length of ••••" },
  });
  expect(JSON.stringify([outcome, world.lines])).not.toContain("hunter22");
});

it("redacts and cleans all that an action says, and keeps its values exact", async () => {
  const values = { OUT: "odd\u001b[2J\nname" };
  const world = stepWorld({
    target: { secrets: ["hunter22"] },
    actions: testAction(async (_input, context) => {
      await context.command("login hunter22");
      context.line("stdout", "a\u001b[2Jb\nhunter22");
      const check = { title: "t\u001b[2J", status: "failed", observed: "hunter22" } as const;
      return {
        ok: false,
        checks: [check],
        values,
        note: "hunter22",
        problem: { code: "failed", message: "m hunter22", hint: "h hunter22" },
      };
    }),
  });
  const outcome = await world.runner.run(usesStep("test/action", { name: "x" }), world.context);
  expect(JSON.stringify([outcome, world.lines, world.commands])).not.toContain("hunter22");
  expect(world.texts()).toEqual(["ab", "••••"]);
  expect(outcome.report.checks[0]?.title).toBe("t");
  expect(outcome.report.values).toEqual(values);
});

it("tells an action when its time is up, and one that ends well in spite of it has passed", async () => {
  const waits: Run = (_input, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () =>
        resolve({ ok: false, checks: [], problem: { code: "interrupted", message: "stopped" } }),
      );
    });
  const slow = { ...usesStep("test/action", { name: "x" }), timeoutSeconds: 0.05 };
  const world = stepWorld({ actions: testAction(waits) });
  expect(await world.runner.run(slow, world.context)).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("did not finish within 0.05 s") },
  });
  const anyway: Run = async (input, context) => {
    await waits(input, context);
    return { ok: true, checks: [] };
  };
  const late = stepWorld({ actions: testAction(anyway) });
  expect((await late.runner.run(slow, late.context)).status).toBe("passed");
});

it("ends a step whose action does not stop, and says that it may go on", async () => {
  const world = stepWorld({
    stopSeconds: 0.05,
    actions: testAction(() => new Promise(() => {})),
  });
  const running = world.runner.run(usesStep("test/action", { name: "x" }), world.context);
  world.cancel("enough");
  expect(await running).toMatchObject({
    status: "interrupted",
    reason: "enough",
    report: { note: expect.stringContaining("may still be at work") },
  });
});

it("shows actions what is owed, and not what is done", async () => {
  const owed: Resource = {
    ...{ id: "a", kind: "database", label: "a", undo: {}, step: "s" },
    status: "owed",
  };
  const seen: string[] = [];
  const world = stepWorld({
    resources: [
      owed,
      { ...owed, id: "b", status: "released" },
      { ...owed, id: "c", status: "kept" },
    ],
    actions: testAction(async (_input, context) => {
      seen.push(...context.resources.map(({ id }) => id));
      return { ok: true, checks: [] };
    }),
  });
  await world.runner.run(usesStep("test/action", { name: "x" }), world.context);
  expect(seen).toEqual(["a", "c"]);
});

it("answers an undo that it does not know, or that throws, with a problem", async () => {
  const resource: Resource = {
    ...{ id: "a", kind: "container", label: "a thing", undo: {}, step: "s" },
    status: "owed",
  };
  const unknown = stepWorld({ undoers: new Map() });
  expect(await unknown.runner.undo(resource, unknown.context)).toMatchObject({
    problem: { message: expect.stringContaining("a thing") },
  });
  const undo = () => Promise.reject(new Error("hunter22"));
  const throwing = stepWorld({
    target: { secrets: ["hunter22"] },
    undoers: new Map([["container", { kind: "container", undo }]]),
  });
  expect(await throwing.runner.undo(resource, throwing.context)).toMatchObject({
    problem: { message: "A bug in this tool stopped the undoing of a thing: ••••" },
  });
});

it("says why a step does not apply", async () => {
  const project = temporaryDirectory();
  writeFileSync(join(project, "package.json"), JSON.stringify({ scripts: { test: "true" } }));
  const given = testAction(fine, {
    notApplicable: ({ name }) => (name === "no" ? "not no" : undefined),
    notOffered: async ({ name }, { drill }) => (name === "rare" ? `not to ${drill.id}` : undefined),
  });
  const { runner, state } = stepWorld({
    target: { project },
    values: { SET: "1" },
    actions: given,
  });
  const why = (step: Parameters<typeof runner.notApplicable>[0]) =>
    runner.notApplicable(step, state());
  const when = (condition: object) => why({ ...runStep({ id: "s" }), when: condition });
  expect(await when({ has: ["app"] })).toBe("This environment has no app.");
  expect(await when({ file: "package.json", script: "test", set: "SET" })).toBeUndefined();
  expect(await when({ file: "nowhere" })).toContain("nowhere");
  expect(await when({ script: "lint" })).toContain("lint");
  expect(await when({ set: "UNSET" })).toContain("UNSET");
  expect(await why(usesStep("test/action", { name: "no" }))).toBe("not no");
  expect(await why(usesStep("test/action", { name: "yes" }))).toBeUndefined();
  expect(await why(usesStep("test/action", { name: "rare" }))).toBe(`not to ${state().drill?.id}`);
});

it("expands the text of human steps, and leaves what has no value as written", () => {
  const { runner, state } = stepWorld({ values: { URL: "http://x" } });
  expect(runner.expand("Open ${URL} as ${OPERATOR}, ${LATER}", state())).toBe(
    "Open http://x as Robin, ${LATER}",
  );
});
