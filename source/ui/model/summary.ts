/** How the drill came out: before the sign-off, and after it with the log entry. */
import {
  APPROVAL_REQUIRED,
  approveCommand,
  awaitingLines,
  needsApproval,
} from "../../drill/approval.ts";
import { reportOf } from "../../drill/evolve.ts";
import { type DrillState, stepRecord, stepsInOrder } from "../../drill/state.ts";
import type { MeasurementName, Measurements, StepReport } from "../../drill/types.ts";
import { formatBytes, formatCount, formatDuration, formatInstant } from "../../drill/units.ts";
import { deviationsOf, type ItemStatus, stepStatus, verdictOf } from "../../drill/verdict.ts";
import { STATUS_MARK, STATUS_WORD } from "../text/glyphs.ts";
import { BLANK, indentRow, labelled, muted, paragraph, type Row, row } from "../text/rows.ts";
import { VERDICT_TONE, VERDICT_WORD } from "./header.ts";
import { proofRows } from "./outcome.ts";
import { clock, drillMilliseconds } from "./timing.ts";
import type { World } from "./world.ts";

export function summaryRows(world: World, width: number): readonly Row[] {
  const { drill } = world;
  if (drill === undefined) return [];
  return [
    ...verdictRows(drill, width),
    BLANK,
    ...entryRows(drill, width),
    ...countRows(drill, world.now, width),
    BLANK,
    ...section("Proof", provenRows(drill, width)),
    ...section("Measurements", measurementRows(drill, width)),
    ...section("Not passed", openRows(drill, width)),
    ...section("Findings", findingRows(drill, width)),
    ...section("Kept on purpose", keptRows(drill, width)),
  ];
}

/** The verdict with what led to it, as the operator signs it. */
export function verdictRows(drill: DrillState, width: number): readonly Row[] {
  const verdict = verdictOf(drill);
  return [
    row(VERDICT_WORD[verdict], { tone: VERDICT_TONE[verdict], bold: true }),
    ...becauseRows(drill, width),
    ...deviationRows(drill, width),
  ];
}

function section(title: string, rows: readonly Row[]): readonly Row[] {
  return rows.length === 0 ? [] : [row(title.toUpperCase(), { tone: "muted" }), ...rows, BLANK];
}

function becauseRows(drill: DrillState, width: number): readonly Row[] {
  const reason = drill.abort?.reason ?? drill.givenUp?.reason;
  if (reason === undefined) return [];
  return paragraph(`${drill.abort === undefined ? "Given up" : "Aborted"}: ${reason}`, width);
}

function entryRows(drill: DrillState, width: number): readonly Row[] {
  const { entry, signOff, signOffProblem } = drill;
  if (signOffProblem !== undefined) {
    return [
      ...paragraph(`✗ The sign-off did not work: ${signOffProblem.message}`, width, {
        tone: "bad",
      }),
      ...(signOffProblem.hint === undefined ? [] : paragraph(signOffProblem.hint, width)),
      BLANK,
    ];
  }
  if (entry === undefined) return [];
  const fact = (label: string, value: string) => labelled(label, value, { width, labelWidth: 14 });
  const approver = needsApproval(drill) ? "approver" : "approved by";
  return [
    ...paragraph("✓ Signed and saved in the log", width, { tone: "good", bold: true }),
    ...fact("entry", entry.id),
    ...fact("hash", entry.hash),
    ...fact("log", entry.log),
    ...fact("signed by", signOff?.operator ?? ""),
    ...(signOff?.approver === undefined ? [] : fact(approver, signOff.approver)),
    BLANK,
    ...awaitingRows(drill, width),
  ];
}

/** The operator's signature is not the last one. */
function awaitingRows(drill: DrillState, width: number): readonly Row[] {
  const [first, ...rest] = awaitingLines(drill);
  if (first === undefined) return [];
  return [
    ...paragraph(first, width, { tone: "warn", bold: true }),
    ...rest.flatMap((line) => paragraph(line, width)),
    BLANK,
  ];
}

/** Said with the sign-off: who else has to sign, and how. */
export function approvalRows(drill: DrillState, width: number): readonly Row[] {
  if (!needsApproval(drill)) return [];
  return [
    BLANK,
    ...paragraph(APPROVAL_REQUIRED, width, { tone: "warn" }),
    ...paragraph(`After your signature: ${approveCommand(drill.drill?.id ?? "")}`, width),
  ];
}

function statuses(drill: DrillState): readonly ItemStatus[] {
  return stepsInOrder(drill.drill?.checklist.sections ?? []).map(({ step }) =>
    stepStatus(stepRecord(drill, step.id).state),
  );
}

function countRows(drill: DrillState, now: number, width: number): readonly Row[] {
  const all = statuses(drill);
  const order: readonly ItemStatus[] = [
    "passed",
    "deviation",
    "failed",
    "interrupted",
    "stale",
    "skipped",
    "not-applicable",
    "pending",
  ];
  const parts = order.flatMap((status) => {
    const count = all.filter((one) => one === status).length;
    return count === 0 ? [] : [`${STATUS_MARK[status]} ${count} ${STATUS_WORD[status]}`];
  });
  const from = drill.drill === undefined ? "" : formatInstant(drill.drill.startedAt);
  return [
    ...paragraph(parts.join("   "), width),
    ...paragraph(`Began ${from}, took ${clock(drillMilliseconds(drill, now))}`, width, {
      tone: "muted",
    }),
  ];
}

function lastReport(drill: DrillState, wanted: (report: StepReport) => boolean) {
  return stepsInOrder(drill.drill?.checklist.sections ?? [])
    .map(({ step }) => reportOf(stepRecord(drill, step.id)))
    .findLast(wanted);
}

function provenRows(drill: DrillState, width: number): readonly Row[] {
  const proof = lastReport(drill, (report) => report.proof !== undefined)?.proof;
  return proof === undefined ? [] : proofRows(proof, width);
}

const MEASURED: readonly (readonly [MeasurementName, string, (value: number) => string])[] = [
  ["backupSeconds", "backup took", formatDuration],
  ["backupBytes", "backup size", formatBytes],
  ["restoreSeconds", "restore took", formatDuration],
  ["proofSeconds", "proof took", formatDuration],
  ["databaseBytes", "database size", formatBytes],
  ["rows", "rows compared", formatCount],
];

function measurementRows(drill: DrillState, width: number): readonly Row[] {
  const all: Measurements = Object.assign(
    {},
    ...stepsInOrder(drill.drill?.checklist.sections ?? []).map(
      ({ step }) => reportOf(stepRecord(drill, step.id)).measurements,
    ),
  );
  const backup = lastReport(drill, (report) => report.backup !== undefined)?.backup;
  return [
    ...MEASURED.flatMap(([name, label, format]) => {
      const value = all[name];
      return value === undefined ? [] : labelled(label, format(value), { width, labelWidth: 16 });
    }),
    ...(backup === undefined
      ? []
      : labelled("backup file", backup.file, { width, labelWidth: 16 })),
  ];
}

function deviationRows(drill: DrillState, width: number): readonly Row[] {
  return deviationsOf(drill).flatMap(({ title, kind, reason }) =>
    paragraph(`~ ${title} (${kind === "waived" ? "waived" : "left standing"}): ${reason}`, width, {
      tone: "warn",
    }),
  );
}

function openRows(drill: DrillState, width: number): readonly Row[] {
  return stepsInOrder(drill.drill?.checklist.sections ?? []).flatMap(({ step }) => {
    const { state } = stepRecord(drill, step.id);
    const status = stepStatus(state);
    if (status === "passed" || status === "not-applicable" || status === "deviation") return [];
    const why =
      "reason" in state
        ? `: ${state.reason}`
        : "failure" in state
          ? `: ${state.failure.message}`
          : "";
    return paragraph(`${STATUS_MARK[status]} ${step.title} (${STATUS_WORD[status]})${why}`, width, {
      ...(status === "failed" ? { tone: "bad" as const } : {}),
    });
  });
}

function findingRows(drill: DrillState, width: number): readonly Row[] {
  return drill.findings.flatMap(({ text, step }) =>
    paragraph(`! ${text}${step === undefined ? "" : ` (${step})`}`, width, { tone: "warn" }),
  );
}

function keptRows(drill: DrillState, width: number): readonly Row[] {
  return drill.resources
    .filter(({ status }) => status === "kept")
    .flatMap(({ label, reason }) =>
      paragraph(`~ ${label}: ${reason ?? ""}`, width, { tone: "warn" }),
    );
}

/** While nothing but cleanup goes on: what is owed and how it went. */
export function cleanupRows(drill: DrillState, width: number): readonly Row[] {
  const { abort, givenUp, resources } = drill;
  const reason = abort?.reason ?? givenUp?.reason;
  return [
    row("Cleaning up", { bold: true }),
    ...(reason === undefined ? [] : paragraph(`The drill ends: ${reason}`, width)),
    BLANK,
    ...resources.flatMap(({ label, status, reason: how, problem }) => [
      ...paragraph(
        `${status === "released" ? "✓" : problem === undefined ? "○" : "✗"} ${label}`,
        width,
        {
          ...(problem === undefined ? {} : { tone: "bad" as const }),
        },
      ),
      ...(problem === undefined
        ? []
        : paragraph(problem, width - 2, { tone: "bad" }).map(indentRow)),
      ...(how === undefined ? [] : [indentRow([muted(how)])]),
    ]),
    ...(resources.length === 0
      ? [row("Nothing was made, nothing is owed.", { tone: "muted" })]
      : []),
  ];
}
