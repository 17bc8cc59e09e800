/** Items and steps as the log keeps them. Pure. */
import type { Item, Step } from "../checklist/types.ts";
import { type DrillState, stepRecord, stepsInOrder } from "../drill/state.ts";
import type { Attempt, StepReport, StepState } from "../drill/types.ts";
import { itemStatus, stepStatus } from "../drill/verdict.ts";
import { cleanupAttempts, withCleanup } from "./entry-cleanup.ts";
import type { EntryAttempt, EntryItem, EntryStatus, EntryStep } from "./types.ts";

export function entryItems(state: DrillState): EntryItem[] {
  const sections = state.drill?.checklist.sections ?? [];
  const drill = { run: state, told: withCleanup(state) };
  return sections.flatMap(({ title, items }) => items.map((item) => entryItem(item, title, drill)));
}

/** A drill as it ran, and as the entry tells its steps (see entry-cleanup.ts). */
interface Told {
  readonly run: DrillState;
  readonly told: DrillState;
}

/** Reports of the steps whose newest result still counts, in the order the steps run. */
export function finishedReports(state: DrillState): readonly StepReport[] {
  return stepsInOrder(state.drill?.checklist.sections ?? []).flatMap(({ step }) => {
    const result = stepRecord(state, step.id).state;
    return "report" in result ? [result.report] : [];
  });
}

function entryItem(item: Item, section: string, drill: Told): EntryItem {
  const steps = item.steps.map((step) => entryStep(step, drill));
  return {
    id: item.id,
    title: item.title,
    section,
    optional: item.optional,
    status: statusOfItem(item, steps, drill.told),
    steps,
  };
}

function statusOfItem(item: Item, steps: readonly EntryStep[], state: DrillState): EntryStatus {
  const status = itemStatus(item, state);
  switch (status) {
    case "pending":
    case "running":
    case "awaiting":
      return "not-reached";
    case "skipped":
      return steps.some((step) => step.status === "skipped") ? "skipped" : "not-reached";
    default:
      return status;
  }
}

function entryStep(step: Step, { run, told }: Told): EntryStep {
  const record = stepRecord(told, step.id);
  const attempts = [...record.attempts.map(entryAttempt), ...cleanupAttempts(run, step.id)];
  const newest = record.attempts.at(-1);
  const report = "report" in record.state ? record.state.report : undefined;
  const reason = reasonOf(record.state);
  return {
    id: step.id,
    title: step.title,
    status: statusOfStep(record.state),
    optional: step.optional,
    startedAt: newest?.startedAt ?? null,
    seconds: newest === undefined ? null : secondsOf(newest),
    ...(newest !== undefined &&
      newest.commands.length > 0 && { command: newest.commands.join("\n") }),
    ...(report !== undefined && reportFields(report)),
    ...(reason !== undefined && { reason }),
    ...(attempts.length > 1 && { attempts }),
  };
}

function statusOfStep(state: StepState): EntryStatus {
  if (state.status === "skipped" && state.by === "not-reached") {
    return "not-reached";
  }
  const status = stepStatus(state);
  switch (status) {
    case "pending":
      return "not-reached";
    case "running":
    case "awaiting":
      // Nobody saw it end.
      return "interrupted";
    default:
      return status;
  }
}

function reportFields(report: StepReport): Partial<EntryStep> {
  const { exit, checks, note, values, output } = report;
  return {
    ...(exit !== undefined && { exit }),
    ...(checks.length > 0 && { checks: checks.map((check) => ({ ...check })) }),
    ...(note !== undefined && { note }),
    ...(Object.keys(values).length > 0 && { values: { ...values } }),
    ...(output !== undefined && output.bytes > 0 && { outputDigest: output.digest }),
  };
}

function reasonOf(state: StepState): string | undefined {
  switch (state.status) {
    case "failed":
      return state.standing === undefined
        ? state.failure.message
        : `${state.failure.message} (accepted: ${state.standing.reason})`;
    case "interrupted":
    case "skipped":
      return state.reason;
    case "stale":
      return state.because;
    default:
      return undefined;
  }
}

function entryAttempt(attempt: Attempt): EntryAttempt {
  const { ended } = attempt;
  return {
    attempt: attempt.attempt,
    status: ended?.status ?? "interrupted",
    startedAt: attempt.startedAt,
    seconds: secondsOf(attempt),
    commands: [...attempt.commands],
    ...(ended?.report.exit !== undefined && { exit: ended.report.exit }),
    ...(ended?.message !== undefined && { message: ended.message }),
    ...(ended?.report.output !== undefined && { outputDigest: ended.report.output.digest }),
  };
}

/** Never negative, although a clock may be set back during a drill. */
function secondsOf({ startedAt, ended }: Attempt): number | null {
  if (ended === undefined) {
    return null;
  }
  const milliseconds = Date.parse(ended.at) - Date.parse(startedAt);
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) / 1000 : null;
}
