/** Runs a `uses` step. */
import type { UsesStep } from "../checklist/types.ts";
import { type DrillState, stepsInOrder } from "../drill/state.ts";
import type { Resource } from "../drill/types.ts";
import type { StepOutcome } from "../engine/ports.ts";
import type { ActionContext, ActionReport } from "./action.ts";
import { actionInput } from "./action-input.ts";
import { drillFacts } from "./drill-facts.ts";
import { actions } from "./registry.ts";
import { runUndo } from "./run-undo.ts";
import { failed, interrupted, report, type Try } from "./step-try.ts";
import { variablesOf } from "./step-variables.ts";

export async function runAction(step: UsesStep, one: Try): Promise<StepOutcome> {
  const { deps, context, signal } = one;
  const action = (deps.actions ?? actions).get(step.uses);
  if (action === undefined) {
    return failed({
      code: "invalid",
      message: `There is no action ${step.uses}.`,
      hint: "Check the checklist with `restore-drill check`.",
    });
  }
  const actionContext = contextOf(step, one);
  const input = actionInput(action, step, actionContext.variables);
  if (!input.ok) return failed(input.problem);
  const result = await action.run(input.value, actionContext);
  const parts = partsOf(result);
  if (result.ok) return { status: "passed", report: report(parts) };
  if (context.signal.aborted) return interrupted(signal, parts);
  return failed(result.problem, parts);
}

function contextOf(step: UsesStep, { deps, context, signal }: Try): ActionContext {
  const { drill } = context.state;
  if (drill === undefined) throw new Error("A step cannot run before its drill has started.");
  return {
    target: deps.target,
    restoreDatabase: deps.restoreDatabase,
    variables: variablesOf(deps, context.state),
    drill: drillFacts(drill),
    step: step.id,
    signal,
    get resources() {
      return context.state.resources.filter(({ status }) => status !== "released");
    },
    passedBackups: () => deps.passedBackups(),
    line: (stream, text) => context.line(stream, text),
    progress: (label, done, total, unit) => context.progress(label, done, total, unit),
    secret: (value) => deps.learnSecret?.(value),
    command: (text) => context.command(text),
    register: (resource) => context.register(resource),
    release: (resource, how) => context.release(resource, how),
    get toRemove() {
      return owedTo(step, context.state);
    },
    undo: (resource) => runUndo({ deps, resource, context: { ...context, signal } }),
  };
}

/** What earlier steps made that this one is to remove. */
function owedTo(remover: UsesStep, { drill, resources }: DrillState): readonly Resource[] {
  const makers = stepsInOrder(drill?.checklist.sections ?? [])
    .filter((one) => one.step.removedBy === remover.id)
    .map((one) => one.step.id);
  return resources.filter(({ status, step }) => status === "owed" && makers.includes(step));
}

function partsOf(result: ActionReport) {
  const { checks, values, measurements, note, exit, backup, proof } = result;
  return {
    checks,
    values: values ?? {},
    measurements: measurements ?? {},
    ...(note === undefined ? {} : { note }),
    ...(exit === undefined ? {} : { exit }),
    ...(backup === undefined ? {} : { backup }),
    ...(proof === undefined ? {} : { proof }),
  };
}
