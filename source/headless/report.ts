/** One line an event, for people and logs. */

import { effectTextsWith } from "../checklist/effects.ts";
import { APPROVAL_REQUIRED, needsApproval } from "../drill/approval.ts";
import type { DrillEvent } from "../drill/events.ts";
import { type DrillState, locateStep } from "../drill/state.ts";
import { textDiff } from "../drill/text-diff.ts";
import type { Check, StepReport } from "../drill/types.ts";
import { formatDuration } from "../drill/units.ts";
import { deviationsOf, verdictOf } from "../drill/verdict.ts";

/** Text lines for one event; none for those that only machines need. */
export function describeEvent(event: DrillEvent, state: DrillState): readonly string[] {
  const lines = linesFor(event, state);
  return lines.map((line, index) =>
    index === 0 ? `${clock(event.at)}  ${line}` : `          ${line}`,
  );
}

function clock(at: string): string {
  return at.slice(11, 19);
}

function linesFor(event: DrillEvent, state: DrillState): readonly string[] {
  switch (event.type) {
    case "drill-started": {
      const { drill } = event;
      const { environment } = drill;
      return [
        `drill ${drill.id}: ${drill.checklist.title}`,
        `environment ${environment.name}, primary ${environment.database} on ${environment.server.address} (PostgreSQL ${environment.server.version}), restore database ${drill.restoreDatabase}`,
        ...(needsApproval(state) ? [APPROVAL_REQUIRED] : []),
      ];
    }
    case "drill-resumed":
      return [`resumed by ${event.operator}`];
    case "drill-aborted":
    case "drill-given-up":
      return [`ending: ${event.reason}`];
    case "drill-ended":
      return [`ended: ${verdictOf(state)}`, ...deviationLines(state)];
    case "drill-signed-off":
      return [`signed: entry ${event.entry.id} in ${event.entry.log}`];
    case "sign-off-failed":
      return [`not signed: ${event.problem.message}`];
    case "resource-released":
    case "resource-undo-failed":
    case "resource-kept":
      return resourceLines(event, state);
    case "finding-recorded":
      return [`finding: ${event.text}`];
    default:
      return "step" in event ? stepLines(event, state) : [];
  }
}

function deviationLines(state: DrillState): readonly string[] {
  return deviationsOf(state).map(
    ({ step, kind, reason }) => `deviation: ${step} ${kind}: ${reason}`,
  );
}

function resourceLines(
  event: Extract<DrillEvent, { resource: string }>,
  state: DrillState,
): readonly string[] {
  const label = state.resources.find(({ id }) => id === event.resource)?.label ?? event.resource;
  if (event.type === "resource-released") return [`clean   ${label}: ${event.how}`];
  if (event.type === "resource-kept") return [`kept    ${label}: ${event.reason}`];
  if (event.type === "resource-undo-failed") return [`OWED    ${label}: ${event.problem}`];
  return [];
}

/** Said before it happens. */
function effectsOf(id: string, state: DrillState): readonly string[] {
  const step = locateStep(state, id)?.step;
  return step === undefined ? [] : effectTextsWith(step, state.values);
}

type StepEventLike = Extract<DrillEvent, { step?: string }>;

function stepLines(event: StepEventLike, state: DrillState): readonly string[] {
  const step = event.step ?? "";
  const title = locateStep(state, step)?.step.title ?? "";
  const name = `${step}: ${title}`;
  switch (event.type) {
    case "step-started":
      return [`run     ${name}`, ...effectsOf(step, state)];
    case "step-passed":
      return [`ok      ${name}${took(event, state)}`, ...checkLines(event.report, false)];
    case "step-failed":
      return [
        `FAILED  ${name}${took(event, state)}`,
        ...checkLines(event.report, true),
        event.failure.message,
        ...(event.failure.hint === undefined ? [] : [event.failure.hint]),
      ];
    case "step-interrupted":
      return [`BROKEN  ${name}: ${event.reason}`];
    case "step-skipped":
      return [`skip    ${name} (${event.by}: ${event.reason})`];
    case "failure-left-standing":
      return [`stands  ${name}: ${event.reason}`];
    default:
      return [];
  }
}

function took(event: { readonly step: string; readonly at: string }, state: DrillState): string {
  const { state: now } = state.steps[event.step] ?? {};
  if (now === undefined || !("finishedAt" in now)) return "";
  const seconds = (Date.parse(now.finishedAt) - Date.parse(now.startedAt)) / 1000;
  return ` (${formatDuration(seconds)})`;
}

function checkLines({ checks }: StepReport, all: boolean): readonly string[] {
  return checks
    .filter(({ status }) => all || status === "warning" || status === "failed")
    .flatMap(checkTold);
}

function checkTold({ status, title, expected, observed }: Check): readonly string[] {
  const diff = expected === undefined ? undefined : textDiff(expected, observed);
  if (diff !== undefined) {
    const lines = diff.map(
      ({ sign, pieces }) => `${sign} ${pieces.map(({ text }) => text).join("")}`,
    );
    return [`${status}: ${title} (- expected, + observed)`, ...lines.map((line) => `  ${line}`)];
  }
  const wanted = expected === undefined ? "" : `, expected ${expected}`;
  return [`${status}: ${title}: ${observed}${wanted}`.replace(/\s*\n\s*/gu, " ")];
}
