/** The engine's step runner: one attempt, with its time limit and its retries. */

import { showText } from "../checklist/expand.ts";
import type { Step } from "../checklist/types.ts";
import { formatDuration } from "../drill/units.ts";
import type { StepOutcome, StepRunContext, StepRunner } from "../engine/ports.ts";
import { cleanContext, cleanOutcome } from "./clean-output.ts";
import { pause } from "./process/wait-ready.ts";
import { actions } from "./registry.ts";
import { runAction } from "./run-action.ts";
import { runScript } from "./run-script.ts";
import { runUndo } from "./run-undo.ts";
import type { RunnerDeps } from "./runner-deps.ts";
import { startProcess } from "./start-process.ts";
import { type Applying, whyNotApplicable } from "./step-facts.ts";
import { whyNotOffered } from "./step-offer.ts";
import { failed, interrupted, type Try } from "./step-try.ts";
import { variablesOf } from "./step-variables.ts";

const STOP_SECONDS = 20;

export function createStepRunner(deps: RunnerDeps): StepRunner {
  return {
    async run(step, context) {
      const clean = cleanContext(context, deps.redact);
      return cleanOutcome(await withRetries(step, deps, clean), deps.redact);
    },
    undo: (resource, context) => runUndo({ deps, resource, context }),
    async notApplicable(step, state) {
      const applying: Applying = {
        target: deps.target,
        restoreDatabase: deps.restoreDatabase,
        variables: variablesOf(deps, state),
        project: deps.project ?? deps.target.project,
        actions: deps.actions ?? actions,
        time: "run",
      };
      const why = whyNotApplicable(step, applying) ?? (await whyNotOffered(step, applying, state));
      return why === undefined ? undefined : deps.redact(why);
    },
    expand: (text, state) => deps.redact(showText(text, variablesOf(deps, state))),
  };
}

async function withRetries(
  step: Step,
  deps: RunnerDeps,
  context: StepRunContext,
): Promise<StepOutcome> {
  const { times, delaySeconds } = step.retry ?? { times: 0, delaySeconds: 0 };
  for (let number = 1; ; number += 1) {
    const outcome = await timed(step, deps, context);
    if (outcome.status !== "failed" || number > times) return outcome;
    const again = delaySeconds > 0 ? `again in ${formatDuration(delaySeconds)}` : "again now";
    const message = `Try ${number} of ${times + 1} failed, ${again}: ${outcome.failure.message}`;
    context.line("note", message);
    await pause(delaySeconds * 1000, context.signal);
    if (context.signal.aborted) return interrupted(context.signal, outcome.report);
  }
}

/** One try. The time limit is for each try of its own. */
async function timed(step: Step, deps: RunnerDeps, context: StepRunContext): Promise<StepOutcome> {
  if (context.signal.aborted) return interrupted(context.signal);
  const limit = new AbortController();
  const { timeoutSeconds } = step;
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => limit.abort("Its time was up."), timeoutSeconds * 1000);
  const signal = AbortSignal.any([context.signal, limit.signal]);
  try {
    const outcome = await orStuck(guarded(step, { deps, context, signal }), {
      signal,
      seconds: deps.stopSeconds ?? STOP_SECONDS,
    });
    if (!limit.signal.aborted || context.signal.aborted || outcome.status === "passed") {
      return outcome;
    }
    const message = `"${step.title}" did not finish within ${formatDuration(timeoutSeconds ?? 0)}.`;
    const hint =
      "See its output for how far it came; a longer `timeout` can be set in the checklist.";
    return failed({ code: "failed", message, hint }, outcome.report);
  } finally {
    clearTimeout(timer);
  }
}

/** A throw is a bug of ours; it must not take the drill with it. */
async function guarded(step: Step, one: Try): Promise<StepOutcome> {
  try {
    return await byKind(step, one);
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const place = error instanceof Error ? (error.stack?.split("\n")[1]?.trim() ?? "") : "";
    one.context.line("note", `A bug in this tool: ${what} ${place}`);
    return failed({
      code: "failed",
      message: `A bug in this tool stopped the step: ${what}`,
      hint: "Report it with the step's output. What the step did so far is unknown.",
    });
  }
}

function byKind(step: Step, one: Try): Promise<StepOutcome> {
  switch (step.kind) {
    case "run":
      return runScript(step, one);
    case "uses":
      return runAction(step, one);
    case "start":
      return startProcess(step, one);
    case "confirm":
      throw new Error("A step that a human does cannot be run.");
  }
}

/** Ends even when the work does not react to being stopped. */
async function orStuck(
  work: Promise<StepOutcome>,
  { signal, seconds }: { readonly signal: AbortSignal; readonly seconds: number },
): Promise<StepOutcome> {
  const settled = new AbortController();
  const stuck = async (): Promise<StepOutcome> => {
    await aborted(AbortSignal.any([signal, settled.signal]));
    await pause(seconds * 1000, settled.signal);
    return interrupted(signal, {
      note: `It was told to stop and did not within ${seconds} s; it may still be at work.`,
    });
  };
  return Promise.race([work, stuck()]).finally(() => settled.abort());
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
