/** Whether a step applies, and the reason in the operator's words. */
import { describe, expect, it } from "vitest";
import { evaluate, type Facts } from "../../source/checklist/conditions.ts";
import type { Condition } from "../../source/checklist/types.ts";

const FACTS: Facts = {
  capabilities: {
    has: (name) => name === "app",
    reasonWithout: (name) => `this environment has no ${name}`,
  },
  fileExists: (path) => path === "scripts/test-auth.sh" || path === "prisma/ringrift",
  hasScript: (name) => name === "ssot-check",
  values: { PRIMARY_DB: "ringrift", FORMAT: "custom", EMPTY: "", UP: "../outside" },
  pending: new Set(["APP_URL", "EMPTY_YET"]),
};

const reason = (condition: Condition) => {
  const verdict = evaluate(condition, FACTS);
  return verdict.applies ? undefined : verdict.reason;
};

describe("a step applies", () => {
  it.each<[string, Condition | undefined]>([
    ["without a condition", undefined],
    ["when the environment offers everything", { has: ["app"] }],
    ["when the file is there", { file: "scripts/test-auth.sh" }],
    ["when the file of that name is there", { file: "prisma/${PRIMARY_DB}" }],
    ["when the script is there", { script: "ssot-check" }],
    ["when the variable is set", { set: "PRIMARY_DB" }],
    ["when the variable is empty", { unset: "EMPTY" }],
    ["when the variable was never set", { unset: "constructor" }],
    ["when the values are equal", { equals: { FORMAT: "custom", PRIMARY_DB: "ringrift" } }],
    ["when the value equals another", { equals: { PRIMARY_DB: "${PRIMARY_DB}" } }],
    ["as far as is known, when an earlier step may still set it", { set: "APP_URL" }],
    ["as far as is known, when an earlier step may still settle it", { equals: { APP_URL: "x" } }],
  ])("%s", (_name, condition) => {
    expect(evaluate(condition, FACTS)).toEqual({ applies: true });
  });
});

describe("a step does not apply", () => {
  it.each<[Condition, string]>([
    [{ has: ["app", "monitoring"] }, "this environment has no monitoring"],
    [{ file: "node_modules/.bin/prisma" }, 'the project has no "node_modules/.bin/prisma"'],
    [{ file: "${UP}" }, '"../outside" is not below the project directory'],
    [{ file: "${NOWHERE}" }, "NOWHERE is not set"],
    [{ script: "validate" }, `the project's package.json has no script "validate"`],
    [{ set: "EMPTY" }, "EMPTY is not set"],
    [{ set: "constructor" }, "constructor is not set"],
    [{ unset: "FORMAT" }, "FORMAT is set"],
    [{ equals: { FORMAT: "plain" } }, 'FORMAT is "custom", not "plain"'],
    [{ set: "EMPTY", reason: "${PRIMARY_DB} has none" }, "ringrift has none"],
  ])("%j", (condition, expected) => {
    expect(reason(condition)).toBe(expected);
  });

  it("with every reason there is", () => {
    expect(reason({ has: ["compose"], script: "x", set: "EMPTY" })).toBe(
      `this environment has no compose; the project's package.json has no script "x"; EMPTY is not set`,
    );
  });

  it("once nothing can set the variable any more", () => {
    const facts = { ...FACTS, pending: new Set<string>() };
    expect(evaluate({ set: "APP_URL" }, facts)).toEqual({
      applies: false,
      reason: "APP_URL is not set",
    });
  });
});
