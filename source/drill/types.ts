/**
 * The words of a drill. Pure data: what the journal stores, what screens and the log read.
 */
import type { Checklist } from "../checklist/types.ts";

/** UTC, ISO 8601 with milliseconds: `2026-11-22T14:30:00.123Z`. */
export type Instant = string;
export type StepId = string;

/** Where a drill happens, without anything secret. */
export interface EnvironmentSummary {
  readonly name: string;
  readonly target: "practice" | "direct" | "compose";
  /** Name of the primary database. */
  readonly database: string;
  readonly server: ServerSummary;
}

export interface ServerSummary {
  /** `host:port`, or the socket directory. */
  readonly address: string;
  /** As `SHOW server_version` gives it. */
  readonly version: string;
  /** `pg_control_system().system_identifier`; tells one server from another. */
  readonly systemIdentifier: string;
}

export interface ToolSummary {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
}

/** One thing looked at, with what it should be and what it was. */
export interface Check {
  readonly title: string;
  readonly status: "passed" | "failed" | "warning" | "info";
  readonly expected?: string;
  readonly observed: string;
}

export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

export interface OutputSummary {
  /** `sha256:` and 64 hex digits, over the attempt's spool file. */
  readonly digest: string;
  readonly bytes: number;
  readonly lines: number;
}

/** Figures an action measured; names as in the log entry's `measurements`. */
export type Measurements = Readonly<Partial<Record<MeasurementName, number>>>;
export type MeasurementName =
  | "backupSeconds"
  | "backupBytes"
  | "restoreSeconds"
  | "proofSeconds"
  | "databaseBytes"
  | "rows";

/** What the proof covered and found. Never row values. */
export interface ProofSummary {
  readonly level: "full" | "sampled" | "counts";
  readonly verdict: "equal" | "different" | "not-possible";
  readonly tables: number;
  readonly rows: number;
  readonly sequences: number;
  readonly covered: readonly string[];
  readonly notCovered: readonly string[];
  readonly differences: readonly ProofDifference[];
  /** What an operator should know, though it is no difference. */
  readonly warnings?: readonly string[];
  readonly snapshot?: string;
}

export interface ProofDifference {
  readonly object: string;
  readonly expected: string;
  readonly observed: string;
  /** Of one row that can be looked up. */
  readonly row?: RowKey;
}

export interface RowKey {
  readonly schema: string;
  readonly table: string;
  /** Of the columns of the key, as the server prints them: `(7)`, `("a b",2)`. */
  readonly key: string;
}

export interface BackupSummary {
  /** Path on the host. */
  readonly file: string;
  readonly bytes: number;
  /** 64 hex digits; for a directory, of its sorted `digest  name` list. */
  readonly sha256: string;
}

/** What a finished attempt tells, whether it passed or failed. */
export interface StepReport {
  readonly checks: readonly Check[];
  /** Variables for later steps. Never secrets. */
  readonly values: Readonly<Record<string, string>>;
  readonly measurements: Measurements;
  readonly exit?: number;
  readonly note?: string;
  readonly output?: OutputSummary;
  readonly backup?: BackupSummary;
  readonly proof?: ProofSummary;
}

export const EMPTY_REPORT: StepReport = { checks: [], values: {}, measurements: {} };

/**
 * `not-applicable`: the environment cannot offer it. `operator`: skipped with a reason.
 * `waiver`: a required step waived with a reason. `no-operator`: optional, and nobody was there.
 * `not-reached`: the drill ended before it.
 */
export type SkippedBy = "not-applicable" | "operator" | "waiver" | "no-operator" | "not-reached";

export type StepState =
  | { readonly status: "pending" }
  | { readonly status: "running"; readonly attempt: number; readonly startedAt: Instant }
  | { readonly status: "awaiting"; readonly attempt: number; readonly startedAt: Instant }
  | FinishedStep<"passed">
  | (FinishedStep<"failed"> & {
      readonly failure: Failure;
      /** Set when an optional step's failure is left standing, or a required one waived. */
      readonly standing?: { readonly reason: string; readonly at: Instant };
    })
  | (FinishedStep<"interrupted"> & { readonly reason: string })
  | {
      readonly status: "skipped";
      readonly by: SkippedBy;
      readonly reason: string;
      readonly at: Instant;
    }
  | { readonly status: "stale"; readonly because: string; readonly at: Instant };

export interface FinishedStep<S extends string> {
  readonly status: S;
  readonly attempt: number;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly report: StepReport;
}

/** Every attempt is kept, also after a re-run. */
export interface Attempt {
  readonly attempt: number;
  readonly startedAt: Instant;
  /** Exact commands and statements, secrets masked, in the order they were issued. */
  readonly commands: readonly string[];
  readonly ended?: {
    readonly status: "passed" | "failed" | "interrupted";
    readonly at: Instant;
    readonly report: StepReport;
    readonly message?: string;
  };
}

export interface StepRecord {
  readonly state: StepState;
  readonly attempts: readonly Attempt[];
}

/** Something a step made, whose undoing is owed until it is done or kept on purpose. */
export interface Resource {
  readonly id: string;
  readonly kind:
    | "database"
    | "process"
    | "container"
    | "file"
    | "session"
    | "made"
    | "cloud"
    | "role"
    | "secret";
  /** For people: `database ringrift_restore_drill`. */
  readonly label: string;
  /** What the undoer of this kind needs; plain data, no secrets. */
  readonly undo: Readonly<Record<string, string>>;
  /** Names of values that tell where it is: they go when it does. */
  readonly gives?: readonly string[];
  readonly step: StepId;
  readonly status: "owed" | "undoing" | "released" | "kept";
  readonly reason?: string;
  /** Why the last undo failed, if it did. */
  readonly problem?: string;
  /** Undoings by the ledger, oldest first; not those by a step. */
  readonly tries?: readonly UndoTry[];
}

export interface UndoTry {
  readonly startedAt: Instant;
  /** Absent when the tool ended first. `told`: how it went, or why it failed. */
  readonly ended?: {
    readonly status: "passed" | "failed";
    readonly at: Instant;
    readonly told: string;
  };
}

export interface Finding {
  readonly step?: StepId;
  readonly text: string;
  readonly at: Instant;
}

export interface DrillHeader {
  readonly id: string;
  readonly checklist: Checklist;
  readonly environment: EnvironmentSummary;
  readonly restoreDatabase: string;
  readonly operator: string;
  readonly startedAt: Instant;
  readonly tool: ToolSummary;
}

export type DrillKind =
  | "Backup/restore only"
  | "Backup/restore + secrets rotation (combined drill)";

export interface SignOff {
  readonly operator: string;
  readonly approver?: string;
  readonly issues: string;
  readonly statement: string;
  readonly kind: DrillKind;
  readonly related: readonly string[];
}

export type Verdict = "passed" | "passed-with-deviations" | "failed" | "incomplete" | "aborted";
