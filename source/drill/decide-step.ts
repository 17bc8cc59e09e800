/** What an operator decides about one step. */
import type { Question } from "../checklist/types.ts";
import type { DrillCommand } from "./commands.ts";
import type { DrillEvent } from "./events.ts";
import { waitingFor } from "./next.ts";
import { type Decision, refuse } from "./refuse.ts";
import { currentStep, type DrillState, locateStep, stepRecord, stepsInOrder } from "./state.ts";
import type { StepId, StepReport } from "./types.ts";

type Of<T extends DrillCommand["type"]> = Extract<DrillCommand, { type: T }>;
type StepCommand = Of<
  "confirm-step" | "skip-step" | "waive-step" | "leave-standing" | "retry-step"
>;

export function confirm(state: DrillState, command: Of<"confirm-step">): Decision {
  const located = locateStep(state, command.step);
  const { state: now } = stepRecord(state, command.step);
  if (located?.step.kind !== "confirm" || now.status !== "awaiting") {
    return refuse(command, `Step "${command.step}" is not waiting for an operator.`);
  }
  const { at, step, values, note, done } = command;
  const { attempt } = now;
  const report: StepReport = {
    checks: [],
    values: done ? values : {},
    measurements: {},
    ...(note === undefined || note === "" ? {} : { note }),
  };
  if (!done) {
    const failure = {
      message: `The operator could not confirm "${located.step.title}".`,
      hint: "Retry it, or say why it stands as it is.",
    };
    return [{ type: "step-failed", at, step, attempt, report, failure }];
  }
  const complaint = answerComplaint(located.step.ask, values);
  if (complaint !== undefined) return refuse(command, complaint);
  return [{ type: "step-passed", at, step, attempt, report }];
}

/** Why these answers do not do, or undefined. Used by drivers to validate while typing. */
export function answerComplaint(
  questions: readonly Question[],
  values: Readonly<Record<string, string>>,
): string | undefined {
  const stray = Object.keys(values).find((name) => !questions.some((asked) => asked.name === name));
  if (stray !== undefined) return `Nothing asks for "${stray}".`;
  for (const question of questions) {
    const complaint = questionComplaint(question, values[question.name] ?? "");
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

export function questionComplaint(question: Question, value: string): string | undefined {
  if (value === "") return question.optional ? undefined : `${question.label} is needed.`;
  if (question.choices !== undefined && !question.choices.includes(value)) {
    return `${question.label} must be one of: ${question.choices.join(", ")}.`;
  }
  if (question.matches !== undefined && !new RegExp(`^(?:${question.matches})$`).test(value)) {
    return `${question.label} must match ${question.matches}.`;
  }
  return undefined;
}

export function skip(state: DrillState, command: Of<"skip-step">): Decision {
  const { step, reason, at } = command;
  const problem = reasonProblem(state, command) ?? notWaiting(state, command);
  if (problem !== undefined) return problem;
  if (locateStep(state, step)?.step.optional !== true) {
    return refuse(command, `Step "${step}" is required.`, "Waive it with a reason instead.");
  }
  if (stepRecord(state, step).state.status === "failed") {
    return refuse(command, `Step "${step}" failed.`, "Leave the failure standing with a reason.");
  }
  return [{ type: "step-skipped", at, step, by: command.by ?? "operator", reason }];
}

export function waive(state: DrillState, command: Of<"waive-step">): Decision {
  const { step, reason, at } = command;
  const problem = reasonProblem(state, command) ?? notWaiting(state, command);
  if (problem !== undefined) return problem;
  if (locateStep(state, step)?.step.optional === true) {
    return refuse(command, `Step "${step}" is optional.`, "Skip it with a reason instead.");
  }
  return stepRecord(state, step).state.status === "failed"
    ? [{ type: "failure-left-standing", at, step, reason }]
    : [{ type: "step-skipped", at, step, by: "waiver", reason }];
}

export function leaveStanding(state: DrillState, command: Of<"leave-standing">): Decision {
  const { step, reason, at } = command;
  const problem = reasonProblem(state, command);
  if (problem !== undefined) return problem;
  if (stepRecord(state, step).state.status !== "failed") {
    return refuse(command, `Step "${step}" has not failed.`);
  }
  if (locateStep(state, step)?.step.optional !== true) {
    return refuse(command, `Step "${step}" is required.`, "Waive it with a reason instead.");
  }
  return [{ type: "failure-left-standing", at, step, reason }];
}

/** Re-running makes the step's and all later results stale; nothing is erased. */
export function retry(state: DrillState, command: Of<"retry-step">): Decision {
  const { step, at } = command;
  const ending = state.phase !== "running";
  if (ending && !isWaitedFor(state, step)) {
    return refuse(command, "The drill is ending; no step can be run again.");
  }
  const current = currentStep(state);
  if (!ending && current !== undefined && current.step.id !== step) {
    return refuse(command, `Step "${current.step.id}" is under way.`, "Wait for it to end.");
  }
  const { status } = stepRecord(state, step).state;
  if (locateStep(state, step) === undefined) return refuse(command, `There is no step "${step}".`);
  if (status === "running") return refuse(command, `Step "${step}" is running.`);
  if (status === "pending") return refuse(command, `Step "${step}" has not run yet.`);
  const stale: DrillEvent = {
    type: "results-staled",
    at,
    steps: [step, ...laterResults(state, step)],
    because: `"${step}" is run again.`,
  };
  return [stale];
}

function laterResults(state: DrillState, step: StepId): readonly StepId[] {
  const order = stepsInOrder(state.drill?.checklist.sections ?? []).map(
    (located) => located.step.id,
  );
  return order
    .slice(order.indexOf(step) + 1)
    .filter((id) =>
      ["passed", "failed", "interrupted"].includes(stepRecord(state, id).state.status),
    );
}

function reasonProblem(
  state: DrillState,
  command: Exclude<StepCommand, { type: "confirm-step" | "retry-step" }>,
): Decision | undefined {
  if (locateStep(state, command.step) === undefined) {
    return refuse(command, `There is no step "${command.step}".`);
  }
  if (state.phase !== "running" && !isWaitedFor(state, command.step)) {
    return refuse(command, "The drill is ending.");
  }
  if (command.reason.trim() !== "") return undefined;
  return refuse(command, "A reason is needed.", "Say why in a few words.");
}

/** Also while the drill ends: what people made is theirs to remove. */
function isWaitedFor(state: DrillState, step: StepId): boolean {
  const waiting = waitingFor(state);
  return waiting?.kind === "operator" && waiting.step === step;
}

function notWaiting(
  state: DrillState,
  command: Of<"skip-step" | "waive-step">,
): Decision | undefined {
  const { status } = stepRecord(state, command.step).state;
  if (status === "running") {
    return refuse(command, `Step "${command.step}" is running.`, "Wait for it, or stop it first.");
  }
  if (status === "passed" || status === "skipped") {
    return refuse(command, `Step "${command.step}" is ${status} already.`);
  }
  return undefined;
}
