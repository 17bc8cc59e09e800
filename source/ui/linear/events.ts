/** What happened, a line an event. */
import { effectTextsWith } from "../../checklist/effects.ts";
import type { DrillEvent } from "../../drill/events.ts";
import { type DrillState, locateStep } from "../../drill/state.ts";
import { formatInstant } from "../../drill/units.ts";
import { checkRows, checksBesideProof } from "../model/checks.ts";
import { proofRows } from "../model/outcome.ts";
import { rowText } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";

const WIDTH = 76;

export function eventLines(event: DrillEvent, state: DrillState): readonly string[] {
  const text = sayEvent(event, state);
  if (text === undefined) return [];
  const time = formatInstant(event.at).slice(11, 19);
  return [`${time} ${oneLine(text)}`, ...details(event)];
}

function effectsOf(state: DrillState, id: string): readonly string[] {
  const step = locateStep(state, id)?.step;
  return step === undefined ? [] : effectTextsWith(step, state.values);
}

function sayEvent(event: DrillEvent, state: DrillState): string | undefined {
  const title = "step" in event && event.step !== undefined ? titleOf(state, event.step) : "";
  switch (event.type) {
    case "drill-started":
      return `Drill ${event.drill.id} began.`;
    case "drill-resumed":
      return `The drill goes on with ${event.operator}.`;
    case "drill-paused":
      return "Paused.";
    case "drill-continued":
      return "Going on.";
    case "step-started":
      return [`${title}: running`, ...effectsOf(state, event.step)].join(". ");
    case "step-awaited":
      return `${title}: waits for you`;
    case "command-issued":
      return `$ ${event.command}`;
    case "step-passed":
      return `${title}: passed`;
    case "step-failed":
      return `${title}: FAILED. ${event.failure.message} ${event.failure.hint ?? ""}`;
    case "step-interrupted":
      return `${title}: outcome unknown. ${event.reason}`;
    case "step-skipped":
      return `${title}: ${SKIPPED[event.by]}. ${event.reason}`;
    case "failure-left-standing":
      return `${title}: failure left standing. ${event.reason}`;
    case "results-staled":
      return `Will run again: ${event.steps.map((step) => titleOf(state, step)).join(", ")}. ${event.because}`;
    case "finding-recorded":
      return `Finding: ${event.text}`;
    default:
      return sayEnding(event, state);
  }
}

type Ending = Exclude<DrillEvent, { step: string }>;

function sayEnding(event: Ending | DrillEvent, state: DrillState): string | undefined {
  const label =
    "resource" in event && typeof event.resource === "string" ? labelOf(state, event.resource) : "";
  switch (event.type) {
    case "resource-registered":
      return `Made, to be cleaned up: ${event.resource.label}`;
    case "resource-undo-started":
      return `Cleaning up ${label}`;
    case "resource-released":
      return `Cleaned up ${label}: ${event.how}`;
    case "resource-undo-failed":
      return `Cleanup of ${label} FAILED: ${event.problem}`;
    case "resource-kept":
      return `Kept ${label}: ${event.reason}`;
    case "drill-aborted":
      return `Aborted: ${event.reason}`;
    case "drill-given-up":
      return `Given up: ${event.reason}`;
    case "drill-ended":
      return "The drill is over.";
    case "sign-off-started":
      return "Signing.";
    case "sign-off-failed":
      return `The sign-off FAILED: ${event.problem.message} ${event.problem.hint ?? ""}`;
    case "drill-signed-off":
      return `Signed: entry ${event.entry.id}`;
    default:
      return undefined;
  }
}

const SKIPPED = {
  "not-applicable": "not applicable",
  operator: "skipped",
  waiver: "waived",
  "no-operator": "skipped, no operator present",
  "not-reached": "not reached",
} as const;

function details(event: DrillEvent): readonly string[] {
  if (event.type !== "step-passed" && event.type !== "step-failed") return [];
  const { proof } = event.report;
  const rows = [
    ...checkRows(checksBesideProof(event.report), WIDTH),
    ...(proof === undefined ? [] : proofRows(proof, WIDTH)),
  ];
  return rows.map((cells) => `  ${rowText(cells)}`);
}

function titleOf(state: DrillState, step: string): string {
  return locateStep(state, step)?.step.title ?? step;
}

function labelOf(state: DrillState, id: string): string {
  return state.resources.find((resource) => resource.id === id)?.label ?? id;
}
