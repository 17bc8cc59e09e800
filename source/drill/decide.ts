/** Turns a command into events, or refuses it. Pure: no clock, no chance, no I/O. */
import type { DrillCommand } from "./commands.ts";
import * as effect from "./decide-effect.ts";
import * as lifecycle from "./decide-lifecycle.ts";
import * as step from "./decide-step.ts";
import { type Decision, refuse } from "./refuse.ts";
import type { DrillState } from "./state.ts";

export function decide(state: DrillState, command: DrillCommand): Decision {
  if (command.type === "start-drill") return lifecycle.start(state, command);
  if (state.drill === undefined) return refuse(command, "The drill has not started.");
  if (state.phase === "signed-off") {
    return refuse(command, "The drill is signed off; its record does not change any more.");
  }
  switch (command.type) {
    case "resume-drill":
      return lifecycle.resume(state, command);
    case "pause":
    case "continue":
      return lifecycle.pauseOrContinue(state, command);
    case "abort":
    case "give-up":
      return lifecycle.endEarly(state, command);
    case "end-drill":
      return lifecycle.end(state, command);
    case "sign-off":
      return lifecycle.signOff(state, command);
    case "report-signed":
    case "report-sign-failed":
      return lifecycle.reportSigning(state, command);
    case "record-finding":
      return lifecycle.recordFinding(command);
    case "confirm-step":
      return step.confirm(state, command);
    case "skip-step":
      return step.skip(state, command);
    case "waive-step":
      return step.waive(state, command);
    case "leave-standing":
      return step.leaveStanding(state, command);
    case "retry-step":
      return step.retry(state, command);
    case "start-step":
    case "mark-not-applicable":
      return effect.begin(state, command);
    case "issue-command":
    case "register-resource":
    case "report-passed":
    case "report-failed":
    case "report-interrupted":
      return effect.report(state, command);
    default:
      return effect.resource(state, command);
  }
}
