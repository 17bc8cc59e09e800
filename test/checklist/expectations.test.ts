/** Outcomes against expectations. */
import { describe, expect, it } from "vitest";
import { checkOutcome, expandExpectation } from "../../source/checklist/expectations.ts";
import type { Expectation } from "../../source/checklist/types.ts";

const OUTCOME = { exit: 0, stdout: "first line\nPostgreSQL database dump\n", stderr: "" };

const statuses = (expectation: Expectation, outcome = OUTCOME) =>
  checkOutcome(expectation, outcome).map(({ status }) => status);

describe("exit status", () => {
  it("is 0 unless told otherwise", () => {
    expect(checkOutcome(undefined, OUTCOME)).toEqual([
      { title: "exit status", status: "passed", expected: "0", observed: "0" },
    ]);
    expect(statuses({}, { ...OUTCOME, exit: 3 })).toEqual(["failed"]);
    expect(statuses({ stdout: { contains: "first" } }, { ...OUTCOME, exit: 3 })).toEqual([
      "failed",
      "passed",
    ]);
    expect(statuses({ exit: 3 }, { ...OUTCOME, exit: 3 })).toEqual(["passed"]);
  });

  it("is never met by a signal", () => {
    expect(checkOutcome({}, { ...OUTCOME, exit: null, signal: "SIGKILL" })).toEqual([
      { title: "exit status", status: "failed", expected: "0", observed: "ended by SIGKILL" },
    ]);
  });
});

describe("output", () => {
  it.each<[Expectation, "passed" | "failed"]>([
    [{ stdout: { contains: "database dump" } }, "passed"],
    [{ stdout: { contains: "Database dump" } }, "failed"],
    [{ stdout: { matches: "^PostgreSQL .* dump$" } }, "passed"],
    [{ stdout: { matches: "^dump" } }, "failed"],
    [{ stdout: { equals: "first line\nPostgreSQL database dump" } }, "passed"],
    [{ stdout: { equals: "first line" } }, "failed"],
    [{ stdout: { empty: false } }, "passed"],
    [{ stdout: { empty: true } }, "failed"],
    [{ stderr: { empty: true } }, "passed"],
    [{ stderr: { empty: false } }, "failed"],
  ])("%j %s", (expectation, status) => {
    expect(statuses(expectation)).toEqual(["passed", status]);
  });

  it.each([
    ["all 12 files hold\n0 errors\nErrors: 0\nFailed requests:   0\nERROR_RATE=0", "passed"],
    ["failed logins are counted", "passed"],
    ["ok\nERROR: no such file", "failed"],
    ["  [error]: x\n- [FAILED] login", "failed"],
    ["FAILED login", "failed"],
    ["✗ prometheus.yml", "failed"],
    ["error: relation is missing", "failed"],
    ["Failed requests: 3", "failed"],
  ])("a clean one does not tell of a failure: %j %s", (written, status) => {
    for (const stream of ["stdout", "stderr"]) {
      const outcome = { ...OUTCOME, stdout: "", stderr: "", [stream]: written };
      expect(statuses({ clean: true }, outcome)).toEqual(["passed", status]);
    }
    expect(statuses({ clean: false }, { ...OUTCOME, stdout: written })).toEqual(["passed"]);
    const ended = { ...OUTCOME, stdout: written, exit: 1 };
    expect(statuses({ clean: true }, ended)).toEqual(["failed"]);
  });

  it("says what was expected and what was there", () => {
    const [, check] = checkOutcome({ stdout: { contains: "x" } }, { ...OUTCOME, stdout: " \n" });
    expect(check).toEqual({
      title: "standard output",
      status: "failed",
      expected: "contains x",
      observed: "nothing",
    });
  });

  it("shows both ends of a long text, and looks at all of it", () => {
    const stdout = `start ${"x".repeat(5000)} middle ${"y".repeat(5000)} end`;
    const [, check] = checkOutcome({ stdout: { contains: "middle" } }, { ...OUTCOME, stdout });
    expect(check?.status).toBe("passed");
    expect(check?.observed).toMatch(/^start x+ … y+ end$/);
    expect(check?.observed.length).toBeLessThan(400);
  });
});

describe("expandExpectation", () => {
  it("puts values into every text, escaped in expressions", () => {
    const expectation = {
      exit: 2,
      stdout: { contains: "${A}", equals: "=${A}", matches: "^${A}$", empty: false },
      stderr: { contains: "${A}" },
    };
    expect(expandExpectation(expectation, { A: "a.b" })).toEqual({
      text: {
        exit: 2,
        stdout: { contains: "a.b", equals: "=a.b", matches: "^a\\.b$", empty: false },
        stderr: { contains: "a.b" },
      },
    });
  });

  it("names what is missing", () => {
    const expectation = { stdout: { contains: "${A}" }, stderr: { matches: "${B}" } };
    expect(expandExpectation(expectation, {})).toEqual({ missing: ["A", "B"] });
  });
});
