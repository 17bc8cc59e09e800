/** Whether a step applies here and now. */

import { quote } from "../yaml/located.ts";
import { expand, lookUp, type Values } from "./expand.ts";
import type { Condition } from "./types.ts";

export interface Facts {
  readonly capabilities: {
    has(name: string): boolean;
    /** Why the environment does not offer it, in the operator's words. */
    reasonWithout(name: string): string;
  };
  /** For a path relative to the project directory, already checked to stay below it. */
  fileExists(path: string): boolean;
  /** For a script of the project's package.json. */
  hasScript(name: string): boolean;
  readonly values: Values;
  /**
   * Variables that earlier steps of the drill may still set. While one is unset, conditions on it
   * count as met: the plan shows the step, and the condition is evaluated again before it starts.
   */
  readonly pending: ReadonlySet<string>;
}

export type Applicability =
  | { readonly applies: true }
  | { readonly applies: false; readonly reason: string };

export function evaluate(condition: Condition | undefined, facts: Facts): Applicability {
  if (condition === undefined) return { applies: true };
  const reasons = [
    ...capabilityReasons(condition, facts),
    ...projectReasons(condition, facts),
    ...variableReasons(condition, facts),
  ];
  if (reasons.length === 0) return { applies: true };
  return { applies: false, reason: ownReason(condition, facts) ?? reasons.join("; ") };
}

function ownReason({ reason }: Condition, { values }: Facts): string | undefined {
  return reason === undefined ? undefined : (expand(reason, values).text ?? reason);
}

function capabilityReasons({ has = [] }: Condition, { capabilities }: Facts): readonly string[] {
  return has
    .filter((name) => !capabilities.has(name))
    .map((name) => capabilities.reasonWithout(name));
}

function projectReasons({ file, script }: Condition, facts: Facts): readonly string[] {
  const reasons: string[] = [];
  if (file !== undefined) reasons.push(...fileReasons(file, facts));
  if (script !== undefined && !facts.hasScript(script)) {
    reasons.push(`the project's package.json has no script ${quote(script)}`);
  }
  return reasons;
}

function fileReasons(file: string, facts: Facts): readonly string[] {
  const { text, missing } = expand(file, facts.values);
  if (missing !== undefined) {
    return missing.every((name) => facts.pending.has(name)) ? [] : [notSet(missing.join(", "))];
  }
  // A variable may hold anything; a condition still looks nowhere but below the project.
  if (/^([/\\]|[A-Za-z]:)/.test(text) || text.split(/[/\\]/).includes("..")) {
    return [`${quote(text)} is not below the project directory`];
  }
  return facts.fileExists(text) ? [] : [`the project has no ${quote(text)}`];
}

function variableReasons(condition: Condition, facts: Facts): readonly string[] {
  const { set, unset, equals = {} } = condition;
  const reasons: string[] = [];
  if (set !== undefined && !isPending(set, facts) && read(set, facts) === "") {
    reasons.push(notSet(set));
  }
  if (unset !== undefined && read(unset, facts) !== "") reasons.push(`${unset} is set`);
  for (const [name, wanted] of Object.entries(equals)) {
    const { text: value = wanted } = expand(wanted, facts.values);
    if (isPending(name, facts) || read(name, facts) === value) continue;
    reasons.push(`${name} is ${quote(read(name, facts))}, not ${quote(value)}`);
  }
  return reasons;
}

function isPending(name: string, facts: Facts): boolean {
  return read(name, facts) === "" && facts.pending.has(name);
}

function read(name: string, { values }: Facts): string {
  return lookUp(name, values) ?? "";
}

function notSet(name: string): string {
  return `${name} is not set`;
}
