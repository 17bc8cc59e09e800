/** The resolved plan: every variable, every step, every command that is known beforehand. */

import type { PlanContext } from "../actions/action.ts";
import { planStep, preflightStep, variablesSetBy } from "../actions/plan.ts";
import type { Checklist } from "../checklist/types.ts";
import { resolveVariables, type Values } from "../checklist/variables.ts";
import { stepsInOrder } from "../drill/state.ts";
import type { Plan, PlanStep } from "../engine/interface.ts";
import type { Target } from "../environment/target.ts";
import { ok, type Problem, type Result } from "../problem.ts";

export interface PlanRequest {
  readonly checklist: Checklist;
  readonly target: Target;
  readonly operator: string;
  readonly drill: string;
  readonly overrides: Readonly<Record<string, string>>;
}

export interface Planned {
  readonly plan: Plan;
  readonly problems: readonly Problem[];
  /** Every variable, unmasked; the secret ones never leave the process. */
  readonly values: Readonly<Record<string, string>>;
}

export async function makePlan(request: PlanRequest): Promise<Result<Planned>> {
  const { checklist, target, operator, drill, overrides } = request;
  const offered: Values = { ...target.variables, DRILL_ID: drill, OPERATOR: operator };
  const resolved = resolveVariables(checklist.variables, offered, overrides);
  if (!resolved.ok) return resolved;
  const values: Values = { ...offered, ...resolved.value };
  const restoreDatabase = values.RESTORE_DB ?? `${target.summary.database}_restore_drill`;
  const context: PlanContext = { target, restoreDatabase, variables: values };
  const { steps, problems } = await planSteps(checklist, context);
  const plan: Plan = {
    checklist,
    environment: target.summary,
    operator,
    restoreDatabase,
    backupDirectory: target.backupDirectory,
    variables: checklist.variables.map((declaration) => ({
      declaration,
      value: declaration.secret ? "••••" : (values[declaration.name] ?? ""),
    })),
    steps,
  };
  return ok({ plan, problems: distinct(problems), values });
}

async function planSteps(checklist: Checklist, context: PlanContext) {
  const steps: Record<string, PlanStep> = {};
  const problems: Problem[] = [];
  const pending = new Set<string>();
  for (const { step } of stepsInOrder(checklist.sections)) {
    const here = { ...context, pending: new Set(pending) };
    const planned = planStep(step, here);
    steps[step.id] = planned;
    if (planned.notApplicable !== undefined) continue;
    for (const name of variablesSetBy(step)) pending.add(name);
    problems.push(...(await preflightStep(step, here)));
  }
  return { steps, problems };
}

/** Several steps may find the same thing. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}
