/** Exit codes and last words. */
import { expect, test } from "vitest";
import { farewellOf } from "../../source/ui/control/farewell.ts";
import { begun, planFor, planned } from "./fixture.ts";
import type { ScriptedEngine } from "./scripted.ts";

const PLAN = planFor();
const LAUNCH = planned(PLAN);

function signed(engine: ScriptedEngine): ScriptedEngine {
  engine.take({ type: "end-drill" }).take({
    type: "sign-off",
    signOff: {
      operator: "Robin",
      issues: "",
      statement: "So it was.",
      kind: "Backup/restore only",
      related: [],
    },
  });
  return engine.take({
    type: "report-signed",
    entry: { id: "entry-1", hash: "h", log: "/log.jsonl" },
  });
}

function ending(type: "abort" | "give-up"): ScriptedEngine {
  const engine = begun(PLAN).start("guard").fail("guard", "broken");
  engine.take({ type, reason: "enough" });
  return signed(engine.start("drop").pass("drop"));
}

test("an aborted and a failed drill leave with 1 and say so", () => {
  const aborted = farewellOf(ending("abort").drill, LAUNCH);
  expect(aborted).toMatchObject({ exit: 1, farewell: expect.stringContaining("ABORTED") });
  const failed = farewellOf(ending("give-up").drill, LAUNCH);
  expect(failed).toMatchObject({ exit: 1, farewell: expect.stringContaining("FAILED") });
  expect(failed.farewell).toContain("entry-1 in /log.jsonl");
});

test("a drill that is not signed off can be resumed", () => {
  expect(farewellOf(begun(PLAN).drill, LAUNCH)).toMatchObject({
    exit: 130,
    farewell: expect.stringContaining("restore-drill resume drill-20261122-143000-ab12"),
  });
});

test("before a drill began there is nothing to resume", () => {
  expect(farewellOf(undefined, LAUNCH)).toEqual({ exit: 130, farewell: "No drill was started." });
});

test("a refusal leaves with its own code and its hint", () => {
  const problem = { code: "invalid", message: "The file\nis broken.", hint: "Mend it." } as const;
  expect(farewellOf(undefined, { status: "refused", problem })).toEqual({
    exit: 3,
    farewell: "The file\\nis broken.\nMend it.",
  });
});
