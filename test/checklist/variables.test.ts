/** Values before a drill starts, and what takes the place of a reference. */
import { describe, expect, it } from "vitest";
import { expand, expandInputs, expandPattern, showText } from "../../source/checklist/expand.ts";
import type { VariableDeclaration } from "../../source/checklist/types.ts";
import { resolveVariables, secretsFrom } from "../../source/checklist/variables.ts";

const OFFERED = { PRIMARY_DB: "ringrift", GRAFANA_URL: "" };

const declared = (name: string, rest: Partial<VariableDeclaration> = {}): VariableDeclaration => ({
  name,
  secret: false,
  ...rest,
});

describe("expand", () => {
  it("puts values in, once", () => {
    const values = { A: "${B}", B: 'x"; drop database y; --\n$(rm)', E: "" };
    expect(expand("<${A}|${B}|${E}|$A|$${A}>", values)).toEqual({
      text: '<${B}|x"; drop database y; --\n$(rm)||$A|${A}>',
    });
  });

  it("names what is missing, each once", () => {
    expect(expand("${X} ${Y} ${X}", { Y: "y" })).toEqual({ missing: ["X"] });
    expect(expand("${constructor} ${__proto__}", {})).toEqual({
      missing: ["constructor", "__proto__"],
    });
  });

  it("shows what is not known, or not any more, as it is written", () => {
    const text = "Open ${APP_URL} of ${RESTORE_DB}, for $${X}.";
    expect(showText(text, { RESTORE_DB: "copy" })).toBe("Open ${APP_URL} of copy, for ${X}.");
  });

  it("reaches every text of an action's inputs, and nothing else", () => {
    const inputs = { url: "${A}/x", json: { "${A}": ["${A}", 1, true, null, { deep: "$${A}" }] } };
    expect(expandInputs(inputs, { A: "a" })).toEqual({
      text: { url: "a/x", json: { "${A}": ["a", 1, true, null, { deep: "${A}" }] } },
    });
    expect(expandInputs(inputs, {})).toEqual({ missing: ["A"] });
  });

  it("lets a value in a regular expression stand for itself", () => {
    const name = "a.b*[c](d)|^$\\{e}/-";
    const { text = "" } = expandPattern("^${NAME}$", { NAME: name });
    expect(new RegExp(text).test(name)).toBe(true);
    expect(new RegExp(text).test(name.replace(".", "x"))).toBe(false);
  });
});

describe("resolveVariables", () => {
  it("takes defaults, which see the environment and what is above", () => {
    const declarations = [
      declared("RESTORE_DB", { default: "${PRIMARY_DB}_restore_drill" }),
      declared("LABEL", { default: "into ${RESTORE_DB}${GRAFANA_URL}" }),
    ];
    expect(resolveVariables(declarations, OFFERED, {})).toEqual({
      ok: true,
      value: { RESTORE_DB: "ringrift_restore_drill", LABEL: "into ringrift_restore_drill" },
    });
    expect(resolveVariables(declarations, OFFERED, { RESTORE_DB: "${PRIMARY_DB}" })).toEqual({
      ok: true,
      value: { RESTORE_DB: "${PRIMARY_DB}", LABEL: "into ${PRIMARY_DB}" },
    });
  });

  it.each([
    [{ RESTORE_BD: "x" }, 'no variable "RESTORE_BD"', 'Did you mean "RESTORE_DB"?'],
    [{ PRIMARY_DB: "x" }, 'variable "PRIMARY_DB" comes from the environment', "restore-drill.yaml"],
    [
      { constructor: "x" },
      'no variable "constructor"',
      "Its variables are RESTORE_DB, FORMAT, PORT.",
    ],
    [{ FORMAT: "custm" }, 'FORMAT cannot be "custm"', 'Did you mean "custom"?'],
    [{ PORT: "4000; rm" }, 'PORT: "4000; rm" does not match', "--set PORT=VALUE"],
    [{ PORT: "4000\n" }, "does not match", "--set PORT=VALUE"],
    [{ RESTORE_DB: "a\0b" }, "RESTORE_DB must not hold a NUL", "--set RESTORE_DB=VALUE"],
  ])("refuses the override %j", (overrides, message, hint) => {
    const declarations = [
      declared("RESTORE_DB", { default: "x" }),
      declared("FORMAT", { default: "plain", choices: ["plain", "custom"] }),
      declared("PORT", { default: "4000", matches: "[0-9]{1,5}" }),
    ];
    const result = resolveVariables(declarations, OFFERED, overrides);
    expect(result).toMatchObject({
      ok: false,
      problem: {
        code: "usage",
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      },
    });
  });

  it("checks what a default came to", () => {
    const choice = declared("A", { default: "${PRIMARY_DB}", choices: ["other"] });
    expect(resolveVariables([choice], OFFERED, {})).toMatchObject({
      ok: false,
      problem: { code: "invalid", message: 'variable A cannot be "ringrift"' },
    });
  });

  it("asks for a value where there is no default", () => {
    expect(resolveVariables([declared("TICKET")], OFFERED, {})).toMatchObject({
      ok: false,
      problem: {
        code: "usage",
        message: "variable TICKET has no value",
        hint: "Set it: --set TICKET=VALUE",
      },
    });
    expect(resolveVariables([declared("TICKET")], OFFERED, { TICKET: "" })).toMatchObject({
      ok: true,
    });
  });

  it("takes declared secrets from the process environment and keeps them out of messages", () => {
    const declarations = [
      declared("TOKEN", { secret: true, matches: "[a-z]+" }),
      declared("A", { default: "a" }),
    ];
    const secrets = secretsFrom(declarations, { TOKEN: "hunter2", A: "not taken", PATH: "/bin" });
    expect(secrets).toEqual({ TOKEN: "hunter2" });
    const refused = resolveVariables(declarations, OFFERED, secrets);
    expect(refused).toMatchObject({ ok: false, problem: { code: "usage" } });
    expect(JSON.stringify(refused)).not.toContain("hunter2");
    const unset = resolveVariables(declarations, OFFERED, {});
    expect(unset).toMatchObject({
      problem: { hint: "Set TOKEN in the process environment." },
    });
  });
});
