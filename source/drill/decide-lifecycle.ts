/** The drill as a whole: start, resume, pause, end, sign off. */
import type { Checklist } from "../checklist/types.ts";
import { namedApprover, needsApproval } from "./approval.ts";
import type { DrillCommand } from "./commands.ts";
import type { DrillEvent } from "./events.ts";
import { nextMove } from "./next.ts";
import { operatorsOf, sameName } from "./people.ts";
import { type Decision, refuse } from "./refuse.ts";
import { type DrillState, owed, stepRecord, stepsInOrder } from "./state.ts";
import { EMPTY_REPORT, type Failure, type Instant, type StepId } from "./types.ts";

type Of<T extends DrillCommand["type"]> = Extract<DrillCommand, { type: T }>;

export function start(state: DrillState, command: Of<"start-drill">): Decision {
  if (state.drill !== undefined) return refuse(command, "The drill has started already.");
  const { at, drill, values, notApplicable, skips } = command;
  const complaint = skipComplaint(drill.checklist, skips);
  if (complaint !== undefined) return refuse(command, complaint.message, complaint.hint);
  const steps = stepsInOrder(drill.checklist.sections);
  const skipped = steps.flatMap(({ step }): DrillEvent[] => {
    const absent = notApplicable[step.id];
    if (absent !== undefined) {
      return [{ type: "step-skipped", at, step: step.id, by: "not-applicable", reason: absent }];
    }
    const reason = skips[step.id];
    return reason === undefined
      ? []
      : [{ type: "step-skipped", at, step: step.id, by: "operator", reason }];
  });
  return [{ type: "drill-started", at, drill, values }, ...skipped];
}

/** Why these steps cannot be skipped from the start, or undefined. */
export function skipComplaint(
  checklist: Checklist,
  skips: Readonly<Record<StepId, string>>,
): Failure | undefined {
  const steps = stepsInOrder(checklist.sections).map(({ step }) => step);
  for (const [id, reason] of Object.entries(skips)) {
    const step = steps.find((one) => one.id === id);
    if (step === undefined) {
      return { message: `There is no step "${id}" in checklist "${checklist.id}".` };
    }
    if (reason.trim() === "") return { message: `Skipping step "${id}" needs a reason.` };
    if (!step.optional) {
      return {
        message: `Step "${id}" is required and cannot be skipped.`,
        hint: "During the drill it can be waived with a reason, which makes a deviation.",
      };
    }
  }
  return undefined;
}

export function resume(state: DrillState, command: Of<"resume-drill">): Decision {
  const { at, operator, fresh } = command;
  const resumed: DrillEvent = {
    type: "drill-resumed",
    at,
    operator,
    ...(fresh === undefined ? {} : { environment: fresh.environment }),
  };
  const interrupted = stepsIn(state, ["running"]).map(
    ({ step, attempt }): DrillEvent => ({
      type: "step-interrupted",
      at,
      step,
      attempt,
      reason: "The app ended while this step ran; its outcome is unknown.",
      report: EMPTY_REPORT,
    }),
  );
  if (fresh === undefined) return [resumed, ...interrupted];
  return [resumed, ...interrupted, ...forgetEnvironment(state, at, fresh.because)];
}

/** What a step made elsewhere than on the server, as files beside the backups, is still there. */
const OUTLIVES: ReadonlySet<string> = new Set(["file", "made", "role", "secret"]);

/** A practice environment that came up anew holds nothing of what was done before. */
function forgetEnvironment(state: DrillState, at: Instant, because: string): DrillEvent[] {
  const gone = owed(state)
    .filter(({ kind }) => !OUTLIVES.has(kind))
    .map(({ id }): DrillEvent => ({ type: "resource-released", at, resource: id, how: because }));
  if (state.phase !== "running") return gone;
  const steps = stepsIn(state, ["passed", "failed", "running", "awaiting"]).map(({ step }) => step);
  return steps.length === 0 ? gone : [...gone, { type: "results-staled", at, steps, because }];
}

function stepsIn(state: DrillState, statuses: readonly string[]) {
  return stepsInOrder(state.drill?.checklist.sections ?? []).flatMap(({ step }) => {
    const { state: now } = stepRecord(state, step.id);
    if (!statuses.includes(now.status)) return [];
    return [{ step: step.id, attempt: "attempt" in now ? now.attempt : 0 }];
  });
}

export function pauseOrContinue(state: DrillState, command: Of<"pause" | "continue">): Decision {
  if (state.phase !== "running") return refuse(command, "No more steps are due.");
  const { at } = command;
  if (command.type === "pause") return state.paused ? [] : [{ type: "drill-paused", at }];
  return state.paused ? [{ type: "drill-continued", at }] : [];
}

export function endEarly(state: DrillState, command: Of<"abort" | "give-up">): Decision {
  const { at, reason } = command;
  if (state.phase === "signing" || state.abort !== undefined) {
    return refuse(command, "The drill is ending already.");
  }
  if (command.type === "give-up" && state.phase !== "running") {
    return refuse(command, "The drill is ending already.");
  }
  if (reason.trim() === "")
    return refuse(command, "A reason is needed.", "Say why in a few words.");
  const type = command.type === "abort" ? "drill-aborted" : "drill-given-up";
  return [{ type, at, reason }];
}

export function end(state: DrillState, command: Of<"end-drill">): Decision {
  if (nextMove(state).kind !== "end") return refuse(command, "Something is still due or owed.");
  const { at } = command;
  const open = stepsIn(state, ["pending", "awaiting", "stale"]).map(
    ({ step }): DrillEvent => ({
      type: "step-skipped",
      at,
      step,
      by: "not-reached",
      reason: "The drill ended before this step.",
    }),
  );
  return [...open, { type: "drill-ended", at }];
}

export function signOff(state: DrillState, command: Of<"sign-off">): Decision {
  if (state.phase === "signing") return refuse(command, "The sign-off is under way.");
  if (state.phase !== "ended") {
    const due = owed(state).map(({ label }) => label);
    return due.length > 0
      ? refuse(
          command,
          `Cleanup is owed: ${due.join(", ")}.`,
          "Clean up, or keep it on purpose with a reason.",
        )
      : refuse(command, "The drill is not over yet.");
  }
  const { at, signOff: given } = command;
  if (given.operator.trim() === "")
    return refuse(command, "The sign-off needs the operator's name.");
  const operators = [given.operator, ...operatorsOf(state)];
  const named = given.approver ?? "";
  const self = operators.find((one) => sameName(one, named));
  if (needsApproval(state) && named.trim() !== "" && self !== undefined)
    return refuse(
      command,
      `${self} ran this drill and cannot approve it.`,
      "Name somebody else as the approver, or leave the name open.",
    );
  const agreed = named.trim() === "" ? namedApprover(state) : undefined;
  // Whoever takes a drill over at its sign-off has it in hand, too.
  const awaited = operators.some((one) => sameName(one, agreed ?? "")) ? undefined : agreed;
  const signing = awaited === undefined ? given : { ...given, approver: awaited };
  return [{ type: "sign-off-started", at, signOff: signing }];
}

export function reportSigning(
  state: DrillState,
  command: Of<"report-signed" | "report-sign-failed">,
): Decision {
  if (state.phase !== "signing") return refuse(command, "No sign-off is under way.");
  const { at } = command;
  return command.type === "report-signed"
    ? [{ type: "drill-signed-off", at, entry: command.entry }]
    : [{ type: "sign-off-failed", at, problem: command.problem }];
}

export function recordFinding(command: Of<"record-finding">): Decision {
  const { at, text, step } = command;
  if (text.trim() === "") return refuse(command, "A finding needs some words.");
  return [{ type: "finding-recorded", at, text, ...(step === undefined ? {} : { step }) }];
}
