/** What steps will do, before anything does: for the plan, the dry run and the preflight. */

import { mapEffects } from "../checklist/effects.ts";
import { expandInputs, showText, withPlaceholders } from "../checklist/expand.ts";
import type { Step, UsesStep } from "../checklist/types.ts";
import type { PlanStep } from "../engine/interface.ts";
import type { Problem } from "../problem.ts";
import { createRedactor } from "../process/redact.ts";
import type { Action, PlanContext } from "./action.ts";
import { actionInput } from "./action-input.ts";
import { actions as all } from "./registry.ts";
import { openNames, planVariables, whyNotApplicable } from "./step-facts.ts";

/** Touches nothing but to look whether files exist. Secrets are masked. */
export function planStep(
  step: Step,
  context: PlanContext,
  actions: ReadonlyMap<string, Action> = all,
): PlanStep {
  const variables = planVariables(context);
  const { target } = context;
  const why = whyNotApplicable(step, {
    ...context,
    variables,
    project: target.project,
    actions,
    time: "plan",
  });
  const { redact } = createRedactor(target.secrets);
  const commands = commandsOf(step, { ...context, variables }, actions).map(redact);
  const effects = mapEffects(step, (text) => redact(showText(text, variables)));
  const told = Object.keys(effects).length === 0 ? {} : { effects };
  return why === undefined
    ? { commands, ...told }
    : { notApplicable: redact(why), commands, ...told };
}

function commandsOf(
  step: Step,
  context: PlanContext,
  actions: ReadonlyMap<string, Action>,
): readonly string[] {
  switch (step.kind) {
    case "run":
      return [step.run];
    case "start":
      return [step.start];
    case "confirm":
      return [];
    case "uses":
      return actionCommands(step, context, actions);
  }
}

/** What earlier steps will give is not known yet: it is shown as `${NAME}`. */
function actionCommands(
  step: UsesStep,
  context: PlanContext,
  actions: ReadonlyMap<string, Action>,
): readonly string[] {
  const action = actions.get(step.uses);
  if (action === undefined) return [step.uses];
  const { missing = [] } = expandInputs(step.with, context.variables);
  for (const unknown of [missing, openNames(step, context)]) {
    const variables = withPlaceholders(context.variables, unknown);
    const input = actionInput(action, step, variables);
    if (input.ok) return action.plan(input.value, { ...context, variables });
  }
  return [step.uses];
}

/** Problems that would stop the step, found before the drill starts; touches nothing. */
export async function preflightStep(
  step: Step,
  context: PlanContext,
  actions: ReadonlyMap<string, Action> = all,
): Promise<readonly Problem[]> {
  if (step.kind !== "uses") return [];
  const action = actions.get(step.uses);
  if (action === undefined) return [];
  const variables = planVariables(context);
  const input = actionInput(action, step, variables);
  if (!input.ok) {
    // An input that an earlier step will give cannot be judged yet.
    return openNames(step, { ...context, variables }).length > 0
      ? []
      : [{ ...input.problem, code: "invalid" }];
  }
  return (await action.preflight?.(input.value, { ...context, variables })) ?? [];
}

/** What later steps may get from it. */
export function variablesSetBy(
  step: Step,
  actions: ReadonlyMap<string, Action> = all,
): readonly string[] {
  switch (step.kind) {
    case "run":
      return step.capture === undefined ? [] : [step.capture];
    case "uses":
      return Object.keys(actions.get(step.uses)?.outputs ?? {});
    case "confirm":
      return step.ask.map(({ name }) => name);
    case "start":
      return [];
  }
}
