/**
 * How commands reach an environment. One implementation each for practice, direct and compose;
 * actions see only this.
 */
import type { EnvironmentSummary } from "../drill/types.ts";
import type { Session, SessionOptions } from "../postgres/session.ts";
import type { Result } from "../problem.ts";
import type { RunningProcess } from "../process/process.ts";
import type { MetricQuery } from "./metric-queries.ts";

/** Things a checklist can ask for with `when: { has: ... }`. */
export type Capability =
  | "app"
  | "compose"
  | "migrations"
  | "monitoring"
  | "prometheus"
  | "web-page";

export type BackupFormat = "plain" | "custom" | "directory";

export interface Target {
  readonly summary: EnvironmentSummary;
  readonly production: boolean;
  /** Absolute; `run:` steps start here. */
  readonly project: string;
  /** What it offers; for what it does not, `reasonWithout` says why. */
  readonly capabilities: ReadonlySet<Capability>;
  reasonWithout(capability: Capability): string;
  /**
   * Variables for checklists: PRIMARY_DB, PRIMARY_USER, PRIMARY_HOST, PRIMARY_PORT, ENVIRONMENT,
   * PROJECT_DIR, BACKUP_DIR, APP_PATH_HEALTH, APP_PATH_READY, MIGRATIONS_DIR, PROMETHEUS_URL,
   * ALERTMANAGER_URL, GRAFANA_URL. Absent things are "".
   */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Secret variables for `run:` steps: DB_PASSWORD, and DATABASE_URL and PGPASSWORD for the restore
   * database (INSTANCE_URL is the DATABASE_URL of `at`). Given to children through the environment
   * only.
   */
  secretVariables(restoreDatabase: string): Readonly<Record<string, string>>;
  /** Figures of Prometheus to watch; none where it has no Prometheus. */
  readonly metricQueries: readonly MetricQuery[];
  /** Values to redact wherever output, commands or messages go. */
  readonly secrets: readonly string[];
  /** Owner of the primary and user of every connection. */
  readonly user: string;

  /** A session; on the primary it is always `default_transaction_read_only=on`. */
  connect(options: SessionOptions): Promise<Result<Session>>;

  /**
   * A session as somebody else, over the environment's own address and TLS settings; read-only on
   * the primary like any other. Absent for a copy's target.
   */
  connectAs?(login: Login, options: SessionOptions): Promise<Result<Session>>;

  /**
   * Another server, with the same user, password and TLS: a copy that somebody made of this one.
   * All its sessions are read-only. Absent where no such server can be reached.
   */
  at?(place: { readonly host: string; readonly port: number }): Target;

  /** Absolute directory on the host where backups go. */
  readonly backupDirectory: string;
  /** Formats the tools at hand can dump and restore; for the rest, why not. */
  formats(): Promise<Result<Readonly<Record<BackupFormat, true | string>>>>;
  /** The command as the journal and the dry run show it; secrets never appear in it. */
  describeDump(request: DumpRequest): string;
  dump(request: DumpRequest, io: WorkIo): Promise<Result<ToolOutcome>>;
  describeRestore(request: RestoreRequest): string;
  /** Stops at the first error. Never creates or drops a database. */
  restore(request: RestoreRequest, io: WorkIo): Promise<Result<ToolOutcome>>;

  /** Free bytes where backups go (`backups`) and where the server keeps its data (`data`). */
  freeSpace(where: "backups" | "data"): Promise<Result<FreeSpace>>;

  describeApp(request: AppRequest): string;
  /** Starts the app against a database; resolves once spawned, not once ready. */
  startApp(request: AppRequest, io: WorkIo): Promise<Result<StartedApp>>;
  /** Whether what `startApp` started still runs, from its recorded facts. */
  appRuns(undo: Readonly<Record<string, string>>): Promise<Result<boolean>>;

  describeAppRun(request: AppRunRequest): string;
  /** Runs to its end with DATABASE_URL set; leaves nothing behind. No exit: ended from outside. */
  runInApp(request: AppRunRequest, io: WorkIo): Promise<Result<{ readonly exit: number | null }>>;

  /** Undo of a process that an earlier life of the drill left running, from its recorded facts. */
  stopProcess(undo: Readonly<Record<string, string>>): Promise<Result<string>>;

  close(): Promise<void>;
}

/** A user of the server with its password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface DumpRequest {
  readonly database: string;
  readonly format: BackupFormat;
  /** Absolute path on the host; must not exist. A directory for `directory`. */
  readonly file: string;
  /** From `pg_export_snapshot()`. */
  readonly snapshot?: string;
  /** Parallel workers, for `directory`. */
  readonly jobs?: number;
}

export interface RestoreRequest {
  readonly database: string;
  readonly format: BackupFormat;
  readonly file: string;
  readonly jobs?: number;
}

export interface AppRequest {
  readonly database: string;
  /** Port on this host; 0 picks a free one. */
  readonly port: number;
  /** Random: what is started carries it, so that `stopProcess({ token })` finds it after a crash. */
  readonly token?: string;
  /** Id of the drill, for people who find what it started. */
  readonly drill?: string;
  /** Whom DATABASE_URL names; default: the environment's own user. */
  readonly login?: Login;
  /** More variables, whose values are secret. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A command beside the app: on this host in its project, or in a container of its service. */
export interface AppRunRequest extends Omit<AppRequest, "port"> {
  readonly command: string;
}

export interface StartedApp {
  /** `http://127.0.0.1:4000`, no trailing slash. */
  readonly url: string;
  readonly process: RunningProcess;
  /** Plain facts with which `stopProcess` can end it after a crash (pid and start time, or container). */
  readonly undo: Readonly<Record<string, string>>;
}

export interface FreeSpace {
  readonly bytes: number;
  /** What was measured, for people; a server whose disk cannot be seen from here is a Problem. */
  readonly place: string;
}

export interface ToolOutcome {
  /** `pg_dump (PostgreSQL) 15.18`. */
  readonly tool: string;
  readonly exit: number;
  /** Standard error, line by line, redacted. */
  readonly stderr: readonly string[];
  readonly seconds: number;
}

/** What work reports while it runs. Lines may be dirty: the receiver cleans and redacts. */
export interface WorkIo {
  readonly signal: AbortSignal;
  line(stream: "stdout" | "stderr" | "note", text: string): void;
  progress(
    label: string,
    done: number,
    total: number | undefined,
    unit: "bytes" | "rows" | "tables",
  ): void;
}
