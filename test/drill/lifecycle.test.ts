import { describe, expect, it, test } from "vitest";
import { awaitingLines } from "../../source/drill/approval.ts";
import { replay } from "../../source/drill/evolve.ts";
import { nextMove, waitingFor } from "../../source/drill/next.ts";
import { sameName } from "../../source/drill/people.ts";
import { owed } from "../../source/drill/state.ts";
import { verdictOf } from "../../source/drill/verdict.ts";
import { checklistOf, confirmStep, headerOf, runStep } from "../helpers/checklist.ts";
import { TestDrill } from "./drill.ts";

const ENVIRONMENT = headerOf(checklistOf()).environment;

const DATABASE = {
  id: "database:drill",
  kind: "database",
  label: "database drill",
  undo: { name: "drill" },
} as const;

function withDatabase(): TestDrill {
  const drill = TestDrill.started(runStep({ id: "create" }), runStep({ id: "after" }));
  drill.take({ type: "start-step", step: "create" });
  drill.take({ type: "register-resource", step: "create", attempt: 1, resource: DATABASE });
  const report = { checks: [], values: {}, measurements: {} };
  return drill.take({ type: "report-passed", step: "create", attempt: 1, report });
}

const SIGN_OFF = {
  operator: "Robin",
  issues: "none",
  statement: "It works.",
  kind: "Backup/restore only",
  related: [],
} as const;

describe("cleanup", () => {
  it("is owed until it is done, and nothing is signed before", () => {
    const drill = withDatabase().pass("after");
    expect(nextMove(drill.state)).toEqual({ kind: "undo", resource: DATABASE.id });
    expect(drill.refused({ type: "end-drill" })).toContain("owed");
    expect(drill.refused({ type: "sign-off", signOff: SIGN_OFF })).toContain("database drill");
    drill.take({ type: "start-undo", resource: DATABASE.id });
    drill.take({ type: "release-resource", resource: DATABASE.id, how: "dropped" });
    drill.take({ type: "end-drill" }).take({ type: "sign-off", signOff: SIGN_OFF });
    expect(drill.state.phase).toBe("signing");
  });

  it("waits for the operator when it fails, who may try again or keep it with a reason", () => {
    const drill = withDatabase().pass("after");
    drill.take({ type: "start-undo", resource: DATABASE.id });
    const problem = "3 others are connected";
    drill.take({ type: "report-undo-failed", resource: DATABASE.id, problem });
    expect(waitingFor(drill.state)).toEqual({ kind: "cleanup-failed", resource: DATABASE.id });
    drill.take({ type: "retry-cleanup", resource: DATABASE.id });
    drill.take({ type: "report-undo-failed", resource: DATABASE.id, problem });
    const keep = { type: "keep-resource", resource: DATABASE.id } as const;
    expect(drill.refused({ ...keep, reason: "" })).toContain("reason");
    drill.take({ ...keep, reason: "for analysis" });
    expect(nextMove(drill.state)).toEqual({ kind: "end" });
  });

  it("happens on abort too, and the verdict says aborted", () => {
    const drill = withDatabase().take({ type: "abort", reason: "wrong database" });
    expect(nextMove(drill.state)).toEqual({ kind: "undo", resource: DATABASE.id });
    drill.take({ type: "start-undo", resource: DATABASE.id });
    drill.take({ type: "release-resource", resource: DATABASE.id, how: "dropped" });
    drill.take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("aborted");
  });
});

describe("the address of what a drill started", () => {
  const APP = { id: "app:a", kind: "process", label: "the app", undo: {}, gives: ["URL"] } as const;

  function withApp(): TestDrill {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" }));
    drill.take({ type: "start-step", step: "a" });
    drill.take({ type: "register-resource", step: "a", attempt: 1, resource: APP });
    const values = { URL: "http://127.0.0.1:4000", OTHER: "stays" };
    const report = { checks: [], values, measurements: {} };
    return drill.take({ type: "report-passed", step: "a", attempt: 1, report });
  }

  it("is forgotten once a step has stopped it", () => {
    const drill = withApp();
    expect(drill.state.values).toHaveProperty("URL");
    drill.take({ type: "release-resource", resource: APP.id, how: "stopped" });
    expect(drill.state.values).toEqual({ OTHER: "stays" });
    expect(replay(drill.events).values).toEqual({ OTHER: "stays" });
  });

  it("is forgotten as soon as its cleanup begins", () => {
    const drill = withApp().pass("b").take({ type: "start-undo", resource: APP.id });
    expect(drill.state.values).toEqual({ OTHER: "stays" });
  });
});

describe("resuming", () => {
  it("never takes an interrupted step for done", () => {
    const drill = TestDrill.started(runStep({ id: "a" }), runStep({ id: "b" }));
    drill.take({ type: "start-step", step: "a" }).take({ type: "resume-drill", operator: "Kim" });
    expect(waitingFor(drill.state)).toEqual({ kind: "operator", step: "a", why: "interrupted" });
    drill.take({ type: "retry-step", step: "a" }).pass("a").pass("b").take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("passed");
    expect(drill.state.steps.a?.attempts[0]?.ended).toMatchObject({ status: "interrupted" });
  });

  it("makes an interrupted required step that nobody mends incomplete, not passed", () => {
    const drill = TestDrill.started(runStep({ id: "a" }));
    drill.take({ type: "start-step", step: "a" }).take({ type: "resume-drill", operator: "Kim" });
    drill.take({ type: "give-up", reason: "no time" }).take({ type: "end-drill" });
    expect(verdictOf(drill.state)).toBe("incomplete");
  });

  it("tries an undo again that was under way", () => {
    const drill = withDatabase().pass("after").take({ type: "start-undo", resource: DATABASE.id });
    expect(nextMove(drill.state)).toEqual({ kind: "busy" });
    drill.take({ type: "resume-drill", operator: "Kim" });
    expect(nextMove(drill.state)).toEqual({ kind: "undo", resource: DATABASE.id });
  });

  it("still owes what outlives an environment that is gone", () => {
    const drill = withDatabase().take({ type: "start-step", step: "after" });
    const resource = { id: "s", kind: "secret", label: "a key", undo: { file: "/k" } } as const;
    drill.take({ type: "register-resource", step: "after", attempt: 1, resource });
    const fresh = { because: "The practice server is new.", environment: ENVIRONMENT };
    drill.take({ type: "resume-drill", operator: "Kim", fresh });
    expect(owed(drill.state).map(({ id }) => id)).toEqual(["s"]);
  });

  it("counts nothing that was done in an environment that is gone", () => {
    const drill = withDatabase();
    const environment = {
      ...ENVIRONMENT,
      server: { ...ENVIRONMENT.server, systemIdentifier: "7002" },
    };
    const because = "The practice server is new.";
    drill.take({ type: "resume-drill", operator: "Kim", fresh: { because, environment } });
    expect(drill.state.drill?.environment.server.systemIdentifier).toBe("7002");
    expect(drill.status("create")).toBe("stale");
    expect(owed(drill.state)).toEqual([]);
    expect(nextMove(drill.state)).toEqual({ kind: "start-step", step: "create" });
  });
});

describe("the record", () => {
  it("gives the same state when its events are replayed", () => {
    const drill = withDatabase().fail("after").take({ type: "retry-step", step: "create" });
    drill.take({ type: "record-finding", text: "slow disk", step: "create" });
    expect(replay(JSON.parse(JSON.stringify(drill.events)))).toEqual(drill.state);
  });

  it("does not change after the sign-off", () => {
    const drill = TestDrill.started(confirmStep({ id: "a", optional: true }));
    drill.take({ type: "start-step", step: "a" });
    drill.take({ type: "skip-step", step: "a", reason: "nobody", by: "no-operator" });
    drill.take({ type: "end-drill" }).take({ type: "sign-off", signOff: SIGN_OFF });
    drill.take({ type: "report-signed", entry: { id: "e", hash: "h", log: "log.jsonl" } });
    expect(verdictOf(drill.state)).toBe("passed");
    expect(drill.refused({ type: "abort", reason: "late" })).toContain("signed off");
    expect(drill.refused({ type: "record-finding", text: "late" })).toContain("signed off");
  });

  it("stays open to sign when signing fails", () => {
    const drill = TestDrill.started(runStep({ id: "a" }))
      .pass("a")
      .take({ type: "end-drill" });
    drill.take({ type: "sign-off", signOff: SIGN_OFF });
    drill.take({ type: "report-sign-failed", problem: { message: "no ssh-keygen" } });
    expect(waitingFor(drill.state)).toEqual({ kind: "sign-off" });
    expect(drill.state.signOffProblem?.message).toBe("no ssh-keygen");
  });
});

describe("a checklist that asks for an approver", () => {
  it("takes no operator of the drill for one, and leaves the name open otherwise", () => {
    const checklist = { ...checklistOf(runStep({ id: "a" })), approval: "required" } as const;
    const drill = new TestDrill().take({
      ...{ type: "start-drill", values: {}, notApplicable: {}, skips: {} },
      drill: headerOf(checklist),
    });
    drill.pass("a");
    drill.take({ type: "resume-drill", operator: "Sam" }).take({ type: "end-drill" });
    for (const approver of ["Robin", "róbin ", "S. a. m"]) {
      const signOff = { ...SIGN_OFF, operator: "Robin", approver };
      expect(drill.refused({ type: "sign-off", signOff })).toContain("cannot approve");
    }
    drill.take({ type: "sign-off", signOff: { ...SIGN_OFF, approver: "Kim" } });
    expect(awaitingLines(drill.state)).toEqual([]);
    const entry = { id: "drill-1", hash: "h", log: "/log.jsonl" };
    drill.take({ type: "report-signed", entry });
    expect(awaitingLines(drill.state).join("\n")).toContain("log approve drill-1 --as NAME");
  });

  it("carries the name that the drill asked for into the sign-off, unless it is an operator's", () => {
    const signedAs = (named: string, operator: string, given?: string) => {
      const drill = new TestDrill().take({
        ...{ type: "start-drill", values: { APPROVER: named }, notApplicable: {}, skips: {} },
        drill: headerOf({ ...checklistOf(runStep({ id: "a" })), approval: "required" }),
      });
      drill.pass("a").take({ type: "end-drill" });
      const approver = given === undefined ? {} : { approver: given };
      drill.take({ type: "sign-off", signOff: { ...SIGN_OFF, operator, ...approver } });
      drill.take({ type: "report-signed", entry: { id: "drill-1", hash: "h", log: "/log.jsonl" } });
      return { approver: drill.state.signOff?.approver, told: awaitingLines(drill.state).join() };
    };
    expect(signedAs("Kim\u001b[2J Bee", "Robin").approver).toBe("Kim [2J Bee");
    expect(signedAs("Kim Bee", "Robin").told).toContain("Named as its approver: Kim Bee");
    expect(signedAs("Kim Bee", "Robin", "Lee").approver).toBe("Lee");
    expect(signedAs("robin", "Robin")).toMatchObject({ approver: undefined });
    // Whoever signs off has the drill in hand, too.
    expect(signedAs("Kim Bee", "kim bee").approver).toBeUndefined();
    expect(signedAs("robin", "Robin").told).not.toContain("Named as");
  });

  it("is told apart from one that does not: there, nothing is awaited", () => {
    const drill = TestDrill.started(runStep({ id: "a" }))
      .pass("a")
      .take({ type: "end-drill" });
    drill.take({ type: "sign-off", signOff: { ...SIGN_OFF, approver: "Robin" } });
    drill.take({ type: "report-signed", entry: { id: "drill-1", hash: "h", log: "/log.jsonl" } });
    expect(awaitingLines(drill.state)).toEqual([]);
  });
});

test.each([
  ["Robin", "ROBIN ", true],
  ["Zoë Müller", "zoe-muller", true],
  ["Оля", "Ян", false],
  ["Ян", "ян", true],
  ["Kim", "Kimi", false],
])("%s and %s are one person: %s", (one, other, same) => {
  expect(sameName(one, other)).toBe(same);
});
