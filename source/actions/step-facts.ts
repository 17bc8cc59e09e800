/** Whether a step applies: its `when`, and what its action needs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, type Facts } from "../checklist/conditions.ts";
import { lookUp, type Values } from "../checklist/expand.ts";
import { referencesIn } from "../checklist/references.ts";
import type { JsonValue, Step, UsesStep } from "../checklist/types.ts";
import type { Capability, Target } from "../environment/target.ts";
import type { Action, PlanContext } from "./action.ts";
import { actionInput } from "./action-input.ts";

const CAPABILITIES: readonly Capability[] = [
  "app",
  "compose",
  "migrations",
  "monitoring",
  "prometheus",
  "web-page",
];

export interface Applying extends PlanContext {
  readonly project: string;
  readonly actions: ReadonlyMap<string, Action>;
  /** `plan`: earlier steps may still set what is unset. */
  readonly time: "plan" | "run";
}

/** Why not, or undefined when it applies. */
export function whyNotApplicable(step: Step, applying: Applying): string | undefined {
  const verdict = evaluate(step.when, factsOf(step, applying));
  if (!verdict.applies) return verdict.reason;
  return step.kind === "uses" ? whyActionDoesNot(step, applying) : undefined;
}

function whyActionDoesNot(step: UsesStep, applying: Applying): string | undefined {
  const action = applying.actions.get(step.uses);
  if (action === undefined) return undefined;
  const lacking = action.needs?.find((need) => !applying.target.capabilities.has(need));
  if (lacking !== undefined) return applying.target.reasonWithout(lacking);
  // What an earlier step may still give is judged when the step runs.
  if (applying.time === "plan" && openNames(step, applying).length > 0) return undefined;
  const input = actionInput(action, step, applying.variables);
  return input.ok ? action.notApplicable?.(input.value, applying) : undefined;
}

function factsOf(step: Step, applying: Applying): Facts {
  const { target, project, variables, time, pending = namesIn(step) } = applying;
  return {
    capabilities: capabilityFacts(target),
    fileExists: (path) => existsSync(join(project, path)),
    hasScript: (name) => npmScripts(project).includes(name),
    values: variables,
    pending: time === "plan" ? pending : new Set(),
  };
}

function capabilityFacts(target: Target): Facts["capabilities"] {
  const named = (name: string) => CAPABILITIES.find((capability) => capability === name);
  return {
    has(name) {
      const capability = named(name);
      return capability !== undefined && target.capabilities.has(capability);
    },
    reasonWithout(name) {
      const capability = named(name);
      return capability === undefined
        ? `no environment offers "${name}"`
        : target.reasonWithout(capability);
    },
  };
}

function namesIn({ when }: Step): ReadonlySet<string> {
  const { set, equals = {}, file = "" } = when ?? {};
  return new Set([
    ...(set === undefined ? [] : [set]),
    ...Object.keys(equals),
    ...referencesIn(file),
  ]);
}

/** Variables in a step's inputs that an earlier step may still give a value. */
export function openNames(step: UsesStep, { variables, pending }: PlanContext): readonly string[] {
  const written = Object.values(step.with).flatMap(textsIn).join("\n");
  return referencesIn(written).filter((name) => {
    const value = lookUp(name, variables);
    return value === undefined || (value === "" && (pending?.has(name) ?? true));
  });
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function npmScripts(project: string): readonly string[] {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("scripts" in manifest)) return [];
    return Object.keys(manifest.scripts ?? {});
  } catch {
    // No package.json, or one that npm could not read either.
    return [];
  }
}

export function planVariables(context: PlanContext): Values {
  return { ...context.target.variables, ...context.variables };
}
