import { describe, expect, it } from "vitest";
import { nextMove, waitingFor } from "../../source/drill/next.ts";
import { deviationsOf, verdictOf } from "../../source/drill/verdict.ts";
import { confirmStep, runStep } from "../helpers/checklist.ts";
import { TestDrill } from "./drill.ts";

describe("the order of steps", () => {
  it("offers one step after the other, then the end", () => {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" }));
    expect(nextMove(drill.state)).toEqual({ kind: "start-step", step: "a" });
    expect(drill.refused({ type: "start-step", step: "b" })).toContain("not the next one");
    drill.pass("a").pass("b");
    expect(nextMove(drill.state)).toEqual({ kind: "end" });
  });

  it("waits before the next step while paused", () => {
    const drill = TestDrill.started(runStep({ id: "a" })).take({ type: "pause" });
    expect(waitingFor(drill.state)).toEqual({ kind: "paused" });
    drill.take({ type: "continue" });
    expect(nextMove(drill.state)).toEqual({ kind: "start-step", step: "a" });
  });

  it("makes a value of one step known to the next", () => {
    const drill = TestDrill.started(runStep({ id: "a" })).pass("a", { BACKUP_FILE: "/b.sql" });
    expect(drill.state.values).toMatchObject({ BACKUP_FILE: "/b.sql" });
  });
});

describe("a failed step", () => {
  it("stops a required one until it is retried or waived", () => {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" })).fail("a");
    expect(waitingFor(drill.state)).toEqual({ kind: "operator", step: "a", why: "failed" });
    expect(drill.refused({ type: "skip-step", step: "a", reason: "no" })).toContain("required");
    expect(drill.refused({ type: "waive-step", step: "a", reason: " " })).toContain("reason");
    drill.take({ type: "waive-step", step: "a", reason: "known defect" }).pass("b");
    drill.take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("passed-with-deviations");
    expect(deviationsOf(drill.state)).toEqual([
      { step: "a", title: "Step a", kind: "waived", reason: "known defect" },
    ]);
  });

  it("is a deviation when it is optional and left standing", () => {
    const drill = TestDrill.started(runStep({ id: "a", optional: true })).fail("a");
    expect(waitingFor(drill.state)).toMatchObject({ why: "failed-optional" });
    expect(drill.refused({ type: "skip-step", step: "a", reason: "later" })).toContain("failed");
    drill.take({ type: "leave-standing", step: "a", reason: "not today" });
    drill.take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("passed-with-deviations");
  });

  it("makes the verdict failed when the drill is given up", () => {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" })).fail("a");
    drill.take({ type: "give-up", reason: "nobody can mend it" }).take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("failed");
    expect(drill.state.steps.b?.state).toMatchObject({ status: "skipped", by: "not-reached" });
  });

  it("runs only the always steps after giving up", () => {
    const drill = TestDrill.started(
      runStep({ id: "a" }),
      runStep({ id: "b" }),
      runStep({ id: "c", always: true }),
    ).fail("a");
    drill.take({ type: "give-up", reason: "broken" });
    expect(nextMove(drill.state)).toEqual({ kind: "start-step", step: "c" });
    drill.fail("c");
    expect(nextMove(drill.state)).toEqual({ kind: "end" });
  });

  it("waits after giving up for people to remove what they made", () => {
    const begun = () =>
      TestDrill.started(
        { ...confirmStep({ id: "make" }), removedBy: "remove" },
        { ...confirmStep({ id: "unmade" }), removedBy: "never" },
        confirmStep({ id: "remove", always: true }),
        confirmStep({ id: "never", always: true }),
      ).take({ type: "start-step", step: "make" });
    const drill = begun().take({ type: "abort", reason: "broken" });
    expect(nextMove(drill.state)).toEqual({ kind: "start-step", step: "remove" });
    drill.take({ type: "start-step", step: "remove" });
    expect(waitingFor(drill.state)).toMatchObject({ step: "remove", why: "confirm" });
    expect(drill.refused({ type: "end-drill" })).toContain("due");
    expect(drill.refused({ type: "waive-step", step: "never", reason: "no" })).toContain("ending");
    drill.take({ type: "confirm-step", step: "remove", done: false, values: {} });
    expect(waitingFor(drill.state)).toMatchObject({ step: "remove", why: "failed" });
    drill.take({ type: "retry-step", step: "remove" }).take({ type: "start-step", step: "remove" });
    drill.take({ type: "waive-step", step: "remove", reason: "kept for analysis" });
    expect(nextMove(drill.state)).toEqual({ kind: "end" });
    drill.take({ type: "end-drill" });
    expect(drill.state.steps.never?.state).toMatchObject({ by: "not-reached" });
    expect(verdictOf(drill.state)).toBe("aborted");
  });
});

describe("running a step again", () => {
  it("makes later results stale, erases nothing, and runs them again", () => {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" }))
      .pass("a")
      .pass("b");
    drill.take({ type: "retry-step", step: "a" });
    expect([drill.status("a"), drill.status("b")]).toEqual(["stale", "stale"]);
    drill.pass("a").pass("b").take({ type: "end-drill" });
    expect(drill.state.steps.a?.attempts.map(({ ended }) => ended?.status)).toEqual([
      "passed",
      "passed",
    ]);
    expect(verdictOf(drill.state)).toBe("passed");
  });

  it("refuses the late report of an attempt that is over", () => {
    const drill = TestDrill.started(runStep({ id: "a" })).fail("a");
    drill.take({ type: "retry-step", step: "a" }).take({ type: "start-step", step: "a" });
    const report = { checks: [], values: {}, measurements: {} };
    expect(drill.refused({ type: "report-passed", step: "a", attempt: 1, report })).toContain(
      "not the running one",
    );
    expect(drill.status("a")).toBe("running");
  });
});

describe("a human step", () => {
  const game = { name: "game_id", label: "Game id", matches: "[0-9]+", optional: false };

  it("passes only with answers that do", () => {
    const drill = TestDrill.started(confirmStep({ id: "play", ask: [game] }));
    drill.take({ type: "start-step", step: "play" });
    const confirm = { type: "confirm-step", step: "play", done: true } as const;
    expect(drill.refused({ ...confirm, values: {} })).toContain("Game id is needed");
    expect(drill.refused({ ...confirm, values: { game_id: "x1" } })).toContain("must match");
    expect(drill.refused({ ...confirm, values: { game_id: "1", other: "2" } })).toContain("other");
    drill.take({ ...confirm, values: { game_id: "42" }, note: "three moves" });
    expect(drill.state.steps.play?.state).toMatchObject({
      status: "passed",
      report: { values: { game_id: "42" }, note: "three moves" },
    });
  });

  it("fails when the operator could not do it", () => {
    const drill = TestDrill.started(confirmStep({ id: "play" }));
    drill.take({ type: "start-step", step: "play" });
    drill.take({ type: "confirm-step", step: "play", done: false, values: {}, note: "no button" });
    expect(drill.status("play")).toBe("failed");
  });
});

describe("skipping at the start", () => {
  it("takes optional steps and refuses required ones", () => {
    const drill = new TestDrill();
    const optional = runStep({ id: "a", optional: true });
    const started = TestDrill.started(optional);
    const header = started.state.drill;
    if (header === undefined) throw new Error("not started");
    const start = { type: "start-drill", drill: header, values: {}, notApplicable: {} } as const;
    expect(drill.refused({ ...start, skips: { nope: "x" } })).toContain('no step "nope"');
    drill.take({ ...start, skips: { a: "not today" } }).take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("passed");

    const required = TestDrill.started(runStep({ id: "a" })).state.drill ?? header;
    expect(
      new TestDrill().refused({ ...start, drill: required, skips: { a: "not today" } }),
    ).toContain("required");
  });
});
