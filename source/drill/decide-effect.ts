/** What effects report. A report of an attempt that is not the running one is stale: refused. */
import type { DrillCommand } from "./commands.ts";
import { nextMove } from "./next.ts";
import { type Decision, refuse } from "./refuse.ts";
import { type DrillState, locateStep, stepRecord } from "./state.ts";

type Of<T extends DrillCommand["type"]> = Extract<DrillCommand, { type: T }>;

export function begin(
  state: DrillState,
  command: Of<"start-step" | "mark-not-applicable">,
): Decision {
  const { at, step } = command;
  const move = nextMove(state);
  if (move.kind !== "start-step" || move.step !== step) {
    return refuse(command, `Step "${step}" is not the next one.`);
  }
  if (command.type === "mark-not-applicable") {
    return [{ type: "step-skipped", at, step, by: "not-applicable", reason: command.reason }];
  }
  const attempt = stepRecord(state, step).attempts.length + 1;
  const type = locateStep(state, step)?.step.kind === "confirm" ? "step-awaited" : "step-started";
  return [{ type, at, step, attempt }];
}

export function report(
  state: DrillState,
  command: Of<
    "issue-command" | "register-resource" | "report-passed" | "report-failed" | "report-interrupted"
  >,
): Decision {
  const { at, step, attempt } = command;
  const { state: now } = stepRecord(state, step);
  if (now.status !== "running" || now.attempt !== attempt) {
    return refuse(command, `Attempt ${attempt} of step "${step}" is not the running one.`);
  }
  switch (command.type) {
    case "issue-command":
      return [{ type: "command-issued", at, step, attempt, command: command.command }];
    case "register-resource":
      return [{ type: "resource-registered", at, resource: { ...command.resource, step } }];
    case "report-passed":
      return [{ type: "step-passed", at, step, attempt, report: command.report }];
    case "report-failed": {
      const { report: result, failure } = command;
      return [{ type: "step-failed", at, step, attempt, report: result, failure }];
    }
    case "report-interrupted": {
      const { report: result, reason } = command;
      return [{ type: "step-interrupted", at, step, attempt, report: result, reason }];
    }
  }
}

export function resource(
  state: DrillState,
  command: Of<
    "release-resource" | "start-undo" | "report-undo-failed" | "keep-resource" | "retry-cleanup"
  >,
): Decision {
  const { at, resource: id } = command;
  const found = state.resources.find((one) => one.id === id);
  if (found === undefined) return refuse(command, `Nothing called "${id}" is in the ledger.`);
  if (found.status === "released") return refuse(command, `${found.label} is cleaned up already.`);
  switch (command.type) {
    case "release-resource":
      return [{ type: "resource-released", at, resource: id, how: command.how }];
    case "start-undo":
    case "retry-cleanup":
      if (found.status === "undoing") return refuse(command, `${found.label} is being cleaned up.`);
      return [{ type: "resource-undo-started", at, resource: id }];
    case "report-undo-failed":
      return [{ type: "resource-undo-failed", at, resource: id, problem: command.problem }];
    case "keep-resource":
      if (found.kind !== "database" && found.kind !== "file") {
        return refuse(command, `${found.label} cannot outlive the drill.`);
      }
      if (command.reason.trim() === "") return refuse(command, "Keeping it needs a reason.");
      return [{ type: "resource-kept", at, resource: id, reason: command.reason }];
  }
}
