/** What a checklist says about its variables. */
import { type Complaint, child, type Located, list, quote, text, textAt } from "../yaml/located.ts";
import { referencesIn } from "./references.ts";
import type { Scope } from "./scope.ts";
import { patternProblem } from "./text-shape.ts";
import { wholly } from "./variables.ts";

/** Each declaration sees the environment and the declarations above it. */
export function checkVariables(
  root: Located,
  scope: Scope,
  setBySteps: ReadonlySet<string>,
): readonly Complaint[] {
  const variables = child(root, "variables");
  if (variables?.kind !== "map") return [];
  const complaints: Complaint[] = [];
  for (const [name, { key, value }] of variables.entries) {
    const claimed = scope.claimed(name);
    if (claimed !== undefined) complaints.push({ at: key.start, ...claimed });
    complaints.push(...checkVariable(value, name, scope));
    const secret = isSecret(value);
    // That a step sets a secret is said at the step.
    if (!secret) complaints.push(...unsetUntilAStep({ name, value, at: key.start }, setBySteps));
    scope.declare(name, secret);
  }
  return complaints;
}

function checkVariable(value: Located, name: string, scope: Scope): readonly Complaint[] {
  const given = value.kind === "map" ? child(value, "default") : value;
  return [
    ...scope.checkTexts(given),
    ...checkSecret(value, given, name),
    ...checkDefault(value, given),
  ];
}

function isSecret(value: Located): boolean {
  const secret = child(value, "secret");
  return secret?.kind === "scalar" && secret.value === true;
}

function checkSecret(
  value: Located,
  given: Located | undefined,
  name: string,
): readonly Complaint[] {
  if (!isSecret(value) || given === undefined || text(given) === "") return [];
  const message = `secret variable ${quote(name)} has a default in the document`;
  const hint = `Leave it out and set ${name} in the process environment.`;
  return [{ at: given.start, message, hint }];
}

/** A default that holds references is checked again when the drill resolves it. */
function checkDefault(value: Located, given: Located | undefined): readonly Complaint[] {
  const written = text(given);
  if (given === undefined || written === undefined || referencesIn(written).length > 0) return [];
  const choices = list(child(value, "choices")).flatMap((choice) => text(choice) ?? []);
  if (choices.length > 0 && !choices.includes(written)) {
    const message = `the default ${quote(written)} is not among the choices`;
    return [{ at: given.start, message, hint: `The choices are ${choices.join(", ")}.` }];
  }
  const matches = textAt(value, "matches");
  if (matches === undefined || patternProblem(matches) !== undefined) return [];
  if (wholly(matches).test(written)) return [];
  return [{ at: given.start, message: `the default ${quote(written)} does not match ${matches}` }];
}

function unsetUntilAStep(
  declared: { readonly name: string; readonly value: Located; readonly at: number },
  setBySteps: ReadonlySet<string>,
): readonly Complaint[] {
  const { name, value, at } = declared;
  if (value.kind !== "map" || child(value, "default") !== undefined || !setBySteps.has(name)) {
    return [];
  }
  const message = `variable ${quote(name)} has no default although a step sets it`;
  return [{ at, message, hint: 'Remove the declaration, or give a default such as "".' }];
}
