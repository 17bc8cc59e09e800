/** A drill with everything in it that a log entry can hold. */
import type { Checklist, Step } from "../../source/checklist/types.ts";
import type { DrillEvent } from "../../source/drill/events.ts";
import { replay } from "../../source/drill/evolve.ts";
import type { DrillState } from "../../source/drill/state.ts";
import { EMPTY_REPORT, type SignOff, type StepReport } from "../../source/drill/types.ts";
import { confirmStep, headerOf, runStep } from "../helpers/checklist.ts";

export const TOOL = { version: "0.1.0", node: "24.21.0", platform: "linux-x64" };

export const SIGN_OFF: SignOff = {
  operator: "Robin",
  approver: "Kim",
  issues: "The first dump failed because the disk was full.",
  statement: "I watched the restore and the proof.",
  kind: "Backup/restore only",
  related: ["docs/runbooks/SECRETS_ROTATION_DRILL.md"],
};

/** Seconds after the start. */
export function at(seconds: number): string {
  return new Date(Date.parse("2026-11-22T14:30:00.000Z") + seconds * 1000).toISOString();
}

export function sampleState(id = "drill-one", changes: SampleChanges = {}): DrillState {
  return replay(sampleEvents(id, changes));
}

export interface SampleChanges {
  /** Put wherever a drill takes text from outside. */
  readonly text?: string;
  readonly database?: string;
}

export function sampleEvents(id: string, changes: SampleChanges = {}): readonly DrillEvent[] {
  const { text = "plain words", database = "ringrift" } = changes;
  const header = headerOf(checklist(text));
  const environment = { ...header.environment, name: text, database };
  return [
    { type: "drill-started", at: at(0), drill: { ...header, id, environment }, values: {} },
    ...failedThenPassed(text),
    ...passed("restore", 20, {
      ...EMPTY_REPORT,
      measurements: { restoreSeconds: 30.2, databaseBytes: 159_000_000 },
    }),
    ...passed("prove", 60, proofReport(text)),
    { type: "step-skipped", at: at(70), step: "smoke", by: "waiver", reason: text },
    { type: "step-skipped", at: at(71), step: "metrics", by: "not-applicable", reason: text },
    { type: "step-awaited", at: at(72), step: "play", attempt: 1 },
    {
      type: "step-failed",
      at: at(75),
      step: "play",
      attempt: 1,
      report: { ...EMPTY_REPORT, note: text },
      failure: { message: text },
    },
    { type: "failure-left-standing", at: at(76), step: "play", reason: text },
    { type: "finding-recorded", at: at(77), text, step: "play" },
    ...cleanup(text),
    { type: "drill-resumed", at: at(85), operator: text },
    { type: "drill-ended", at: at(90) },
  ];
}

function checklist(text: string): Checklist {
  const items: readonly (readonly [string, readonly Step[]])[] = [
    ["New logical backup file created under `./backups/`", [runStep({ id: "take-backup" })]],
    ["Restored, and equal to the primary", [runStep({ id: "restore" }), runStep({ id: "prove" })]],
    [text, [runStep({ id: "smoke" })]],
    ["Watch the metrics", [runStep({ id: "metrics", optional: true })]],
    ["Play a short game", [confirmStep({ id: "play", optional: true })]],
    ["Never got to", [confirmStep({ id: "later", optional: true })]],
  ];
  return {
    id: "database-backup-restore",
    title: "Database backup & restore drill",
    runbook: "docs/runbooks/DATABASE_BACKUP_AND_RESTORE_DRILL.md",
    source: { path: "checklist.yaml", digest: `sha256:${"c".repeat(64)}` },
    variables: [],
    sections: [
      {
        title: "Drill",
        items: items.map(([title, steps], index) => ({
          id: `item-${index}`,
          title,
          optional: steps.every(({ optional }) => optional),
          steps,
        })),
      },
    ],
  };
}

function failedThenPassed(text: string): readonly DrillEvent[] {
  const step = "take-backup";
  return [
    { type: "step-started", at: at(1), step, attempt: 1 },
    { type: "command-issued", at: at(1), step, attempt: 1, command: "pg_dump --file=a.sql" },
    {
      type: "step-failed",
      at: at(2),
      step,
      attempt: 1,
      report: { ...EMPTY_REPORT, exit: 1 },
      failure: { message: `No space left: ${text}` },
    },
    { type: "step-started", at: at(3), step, attempt: 2 },
    { type: "command-issued", at: at(3), step, attempt: 2, command: `pg_dump '${text}'` },
    { type: "command-issued", at: at(4), step, attempt: 2, command: "sha256sum b.sql" },
    { type: "step-passed", at: at(12.21), step, attempt: 2, report: backupReport(text) },
  ];
}

function backupReport(text: string): StepReport {
  return {
    checks: [
      {
        title: "The file ends with its trailer",
        status: "passed",
        expected: "-- dump complete",
        observed: text,
      },
      { title: "Client version", status: "warning", observed: "15.18 has a known fault" },
    ],
    values: { BACKUP_FILE: `/srv/backups/${text}.sql` },
    measurements: { backupSeconds: 9.21, backupBytes: 98_000_000 },
    exit: 0,
    note: text,
    output: { digest: `sha256:${"d".repeat(64)}`, bytes: 120, lines: 3 },
    backup: { file: `/srv/backups/${text}.sql`, bytes: 98_000_000, sha256: "b".repeat(64) },
  };
}

function proofReport(text: string): StepReport {
  return {
    ...EMPTY_REPORT,
    measurements: { proofSeconds: 6.3, rows: 240_000 },
    proof: {
      level: "full",
      verdict: "different",
      tables: 24,
      rows: 240_000,
      sequences: 7,
      covered: ["rows of 24 tables", "schema", text],
      notCovered: ["roles: they live on the same server"],
      differences: [
        { object: `public."${text}"`, expected: "40,000 rows", observed: "39,999 rows" },
        {
          object: `public."${text}" row (7)`,
          expected: "as at the snapshot",
          observed: "missing",
          row: { schema: "public", table: text, key: "(7)" },
        },
      ],
      snapshot: "00000003-0000001B-1",
    },
  };
}

function passed(step: string, seconds: number, report: StepReport): readonly DrillEvent[] {
  return [
    { type: "step-started", at: at(seconds), step, attempt: 1 },
    { type: "step-passed", at: at(seconds + 5), step, attempt: 1, report },
  ];
}

function cleanup(text: string): readonly DrillEvent[] {
  const made = (id: string, kind: "database" | "file"): DrillEvent => ({
    type: "resource-registered",
    at: at(80),
    resource: { id, kind, label: `${kind} ${text}`, undo: {}, step: "restore" },
  });
  return [
    made("r1", "database"),
    made("r2", "file"),
    { type: "resource-released", at: at(81), resource: "r1", how: "dropped" },
    { type: "resource-kept", at: at(82), resource: "r2", reason: text },
  ];
}
