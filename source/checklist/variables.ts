/** Settling the values of variables before a drill starts. */

import { fail, ok, type Problem, type Result } from "../problem.ts";
import { quote } from "../yaml/located.ts";
import { didYouMean } from "../yaml/suggest.ts";
import { expand, lookUp, type Values } from "./expand.ts";
import type { VariableDeclaration } from "./types.ts";

export type { Values } from "./expand.ts";

/**
 * Values of the declared variables, secret ones included: what is journaled and shown must
 * leave those out. `overrides` are the operator's. Problems: `usage` for an override, `invalid` for a default.
 */
export function resolveVariables(
  declarations: readonly VariableDeclaration[],
  offered: Values,
  overrides: Values,
): Result<Values> {
  const refused = refusedOverride(declarations, Object.keys(offered), overrides);
  if (refused !== undefined) return fail(refused);
  const values = new Map<string, string>(Object.entries(offered));
  const settled: Record<string, string> = {};
  for (const declaration of declarations) {
    const override = lookUp(declaration.name, overrides);
    const value = settle(declaration, override, Object.fromEntries(values));
    if (!value.ok) return value;
    values.set(declaration.name, value.value);
    settled[declaration.name] = value.value;
  }
  return ok(settled);
}

/** Values of declared secrets that the process environment holds, to use as overrides. */
export function secretsFrom(
  declarations: readonly VariableDeclaration[],
  environment: Readonly<Record<string, string | undefined>>,
): Values {
  const found = declarations.flatMap(({ name, secret }) => {
    const value = secret ? environment[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** An override of what is not declared, or not the operator's to set. */
export function refusedOverride(
  declarations: readonly VariableDeclaration[],
  offered: readonly string[],
  overrides: Values,
): Problem | undefined {
  const declared = declarations.map(({ name }) => name);
  const name = Object.keys(overrides).find((each) => !declared.includes(each));
  if (name === undefined) return undefined;
  if (offered.includes(name)) {
    const message = `variable ${quote(name)} comes from the environment and cannot be set`;
    const hint = "Change the environment in restore-drill.yaml, or choose another environment.";
    return { code: "usage", message, hint };
  }
  const message = `the checklist has no variable ${quote(name)}`;
  return { code: "usage", message, hint: didYouMean(name, declared, "Its variables are") };
}

function settle(
  declaration: VariableDeclaration,
  override: string | undefined,
  values: Values,
): Result<string> {
  if (override !== undefined) return checked(declaration, override, "usage");
  if (declaration.default === undefined) return fail(unset(declaration));
  const expansion = expand(declaration.default, values);
  if (expansion.missing === undefined) return checked(declaration, expansion.text, "invalid");
  const message = `the default of ${declaration.name} refers to ${expansion.missing.join(", ")}, which has no value`;
  return fail({ code: "invalid", message, hint: `Set it: --set ${declaration.name}=VALUE` });
}

function unset({ name, secret }: VariableDeclaration): Problem {
  const hint = secret ? `Set ${name} in the process environment.` : `Set it: --set ${name}=VALUE`;
  return { code: "usage", message: `variable ${name} has no value`, hint };
}

/** Secret values never appear in a message. */
function checked(
  declaration: VariableDeclaration,
  value: string,
  code: "usage" | "invalid",
): Result<string> {
  const { name, choices, matches, secret } = declaration;
  const shown = secret ? "the value" : quote(value);
  const hint = `Set it: --set ${name}=VALUE`;
  if (value.includes("\0")) {
    return fail({ code, message: `variable ${name} must not hold a NUL character`, hint });
  }
  if (choices !== undefined && !choices.includes(value)) {
    const known = didYouMean(secret ? "" : value, choices, "The choices are");
    return fail({ code, message: `variable ${name} cannot be ${shown}`, hint: known });
  }
  if (matches !== undefined && !wholly(matches).test(value)) {
    return fail({ code, message: `variable ${name}: ${shown} does not match ${matches}`, hint });
  }
  return ok(value);
}

/** The regular expression that accepts a text only as a whole. */
export function wholly(matches: string): RegExp {
  return new RegExp(`^(?:${matches})$`);
}
