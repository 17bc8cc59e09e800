/**
 * Drives a drill with nobody at the screen: answers come from a file, failures are never waived,
 * and what cannot be decided ends the drill.
 */

import { kindOf, relatedOf } from "../drill/kind.ts";
import { waitingFor } from "../drill/next.ts";
import type { DrillState } from "../drill/state.ts";
import { locateStep } from "../drill/state.ts";
import type { SignOff } from "../drill/types.ts";
import { verdictOf } from "../drill/verdict.ts";
import type { DrillEngine, OperatorRequest } from "../engine/interface.ts";
import type { Problem } from "../problem.ts";
import type { Answers } from "./answers.ts";

export interface HeadlessOptions {
  readonly answers: Answers;
  readonly operator: string;
  /** Aborted when the process is told to end: nothing more is decided. */
  readonly signal: AbortSignal;
}

const INTERRUPTED = 130;

/** How a headless drill ended. */
export interface HeadlessOutcome {
  readonly exit: number;
  /** Set when it could not go on: cleanup is stuck, or nothing could be signed. */
  readonly problem?: Problem;
}

/** Resolves when the drill is signed off, cannot go on without an operator, or is interrupted. */
export async function driveHeadless(
  engine: DrillEngine,
  options: HeadlessOptions,
): Promise<HeadlessOutcome> {
  let operatorNeeded: Problem | undefined;
  const tried: Tried = { signOff: false, stuck: stuckResources(engine) };
  while (!options.signal.aborted) {
    if (engine.state().phase === "signed-off") return endOf(engine, operatorNeeded);
    const decision = nextRequest(engine, options, tried);
    if (decision === undefined) {
      await nextEvent(engine, options.signal);
      continue;
    }
    if ("problem" in decision) return decision;
    operatorNeeded = decision.operatorNeeded ?? operatorNeeded;
    if (decision.request.type === "sign-off") tried.signOff = true;
    if (decision.request.type === "retry-cleanup") tried.stuck.delete(decision.request.resource);
    const refusal = await engine.dispatch(decision.request);
    if (refusal !== undefined && !options.signal.aborted) {
      return { exit: 1, problem: { code: "failed", message: refusal.message } };
    }
  }
  return { exit: INTERRUPTED };
}

function nextEvent(engine: DrillEngine, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unsubscribe();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const unsubscribe = engine.subscribe(done);
    signal.addEventListener("abort", done);
  });
}

type Decision =
  | { readonly request: OperatorRequest; readonly operatorNeeded?: Problem }
  | { readonly problem: Problem; readonly exit: number };

/** What failed in an earlier life of the drill is tried once more; in this one it is not. */
interface Tried {
  signOff: boolean;
  /** Resources whose cleanup failed before, and was not tried since. */
  readonly stuck: Set<string>;
}

function stuckResources(engine: DrillEngine): Set<string> {
  const failed = engine.state().resources.filter(({ problem }) => problem !== undefined);
  return new Set(failed.map(({ id }) => id));
}

function nextRequest(
  engine: DrillEngine,
  options: HeadlessOptions,
  tried: Tried,
): Decision | undefined {
  const state = engine.state();
  const waiting = waitingFor(state);
  switch (waiting?.kind) {
    case undefined:
      return undefined;
    case "paused":
      return { request: { type: "continue" } };
    case "sign-off":
      return state.signOffProblem === undefined || !tried.signOff
        ? { request: { type: "sign-off", signOff: signOffOf(options, state) } }
        : { problem: unsigned(engine), exit: 4 };
    case "cleanup-failed":
      if (tried.stuck.has(waiting.resource)) {
        return { request: { type: "retry-cleanup", resource: waiting.resource } };
      }
      return { problem: stuck(engine, waiting.resource), exit: 1 };
    case "operator":
      return forStep(engine, options, waiting);
  }
}

function forStep(
  engine: DrillEngine,
  { answers }: HeadlessOptions,
  { step, why }: { readonly step: string; readonly why: string },
): Decision {
  const { drill, phase } = engine.state();
  const required = locateStep(engine.state(), step)?.step.optional !== true;
  const ending = phase === "ending" && required;
  const given = answers.answers[step];
  if (ending && why === "failed" && given?.done === true) {
    return { request: { type: "retry-step", step } };
  }
  if (ending && (why === "failed" || given === undefined)) {
    return { problem: removalOwed(step, drill?.id ?? ""), exit: 5 };
  }
  switch (why) {
    case "interrupted":
      return { request: { type: "retry-step", step } };
    case "failed-optional":
      return {
        request: {
          type: "leave-standing",
          step,
          reason: "The step is optional and no operator was present to decide.",
        },
      };
    case "failed":
      return { request: { type: "give-up", reason: `Required step "${step}" failed.` } };
    default:
      break;
  }
  const answer = answers.answers[step];
  if (answer !== undefined) {
    const { done, note, values = {} } = answer;
    const noted = note === undefined ? {} : { note };
    return { request: { type: "confirm-step", step, done, values, ...noted } };
  }
  if (!required) {
    const reason = "no operator present";
    return { request: { type: "skip-step", step, reason, by: "no-operator" } };
  }
  return {
    request: { type: "give-up", reason: `Required human step "${step}" had no answer.` },
    operatorNeeded: operatorNeededFor(step),
  };
}

export function operatorNeededFor(step: string): Problem {
  return {
    code: "operator-needed",
    where: step,
    message: `Step "${step}" needs an operator, and no answer was given for it.`,
    hint: "Run the drill in a terminal, or answer the step in the file given with --answers.",
  };
}

/** What people made is still there, as far as anybody knows. */
function removalOwed(step: string, drill: string): Problem {
  return {
    code: "operator-needed",
    where: step,
    message: `The drill is ending, and step "${step}" has to remove what people made for it.`,
    hint: `Remove it, and say so: restore-drill resume ${drill}`,
  };
}

function signOffOf({ answers, operator }: HeadlessOptions, state: DrillState): SignOff {
  return {
    operator,
    issues: answers.issues ?? "none recorded",
    statement: answers.statement ?? "Run headless; signed off without an operator at the screen.",
    kind: kindOf(state),
    related: relatedOf(state),
  };
}

function endOf(engine: DrillEngine, operatorNeeded: Problem | undefined): HeadlessOutcome {
  if (operatorNeeded !== undefined) return { exit: 5, problem: operatorNeeded };
  const verdict = verdictOf(engine.state());
  return { exit: verdict === "passed" || verdict === "passed-with-deviations" ? 0 : 1 };
}

function unsigned(engine: DrillEngine): Problem {
  const state = engine.state();
  const id = state.drill?.id ?? "";
  return {
    code: "unusable",
    message: `The drill ran, but it could not be signed off: ${state.signOffProblem?.message ?? ""}`,
    hint: `${state.signOffProblem?.hint ?? ""} Then: restore-drill resume ${id}`.trim(),
  };
}

function stuck(engine: DrillEngine, resource: string): Problem {
  const state = engine.state();
  const found = state.resources.find(({ id }) => id === resource);
  return {
    code: "failed",
    message: `Cleanup is owed: ${found?.label ?? resource}: ${found?.problem ?? ""}`,
    hint: `Mend that, then: restore-drill resume ${state.drill?.id ?? ""}`,
  };
}
