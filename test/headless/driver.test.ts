/** The driver without a screen, on a real engine and journal. */
import { expect, it } from "vitest";
import type { StepRunContext } from "../../source/engine/ports.ts";
import { NO_ANSWERS } from "../../source/headless/answers.ts";
import { driveHeadless } from "../../source/headless/driver.ts";
import { fail, ok } from "../../source/problem.ts";
import { journalPath, newEngine, PASSED, resumedEngine } from "../engine/scripted.ts";
import { runStep } from "../helpers/checklist.ts";

const OPTIONS = {
  answers: NO_ANSWERS,
  operator: "Robin",
  signal: new AbortController().signal,
} as const;

it("tries a cleanup that failed once in each life of a drill", async () => {
  const path = await journalPath();
  let tries = 0;
  let up = false;
  const script = {
    steps: {
      a: async ({ register }: StepRunContext) => {
        await register({ id: "d", kind: "database", label: "database d", undo: { name: "d" } });
        return PASSED;
      },
    },
    undo: async () => {
      tries += 1;
      return up ? ok("dropped") : fail({ code: "failed" as const, message: "nothing listens" });
    },
  };
  const { engine, start } = await newEngine(path, script, runStep({ id: "a" }));
  await start();
  const left = await driveHeadless(engine, OPTIONS);
  expect(left).toMatchObject({
    exit: 1,
    problem: { message: expect.stringContaining("nothing listens") },
  });
  expect(tries).toBe(1);
  await engine.close("over");
  for (const [listens, exit] of [
    [false, 1],
    [true, 0],
  ] as const) {
    up = listens;
    const resumed = await resumedEngine(path, script);
    await resumed.dispatch({ type: "resume-drill", operator: "Robin" });
    expect(await driveHeadless(resumed, OPTIONS)).toMatchObject({ exit });
    await resumed.close("over");
  }
  expect(tries).toBe(3);
});
