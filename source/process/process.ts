/** Child processes: own process group, redaction, bounded memory. */
import type { Result } from "../problem.ts";

export interface ProcessRequest {
  /** Program and arguments; never through a shell. Holds no secret. */
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to (never replacing) the tool's own environment. Secrets go here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of the tool's own environment that the child must not see. */
  readonly unset?: readonly string[];
  /** Path of a file fed to standard input; default is empty input. */
  readonly stdin?: string;
  /**
   * Without `stdin`: standard input stays open until the child has ended, so that whoever waits at
   * its other end, in a container, learns that this process died.
   */
  readonly held?: boolean;
  /** Path of a new file (created 0600, `wx`) that receives standard output; else lines. */
  readonly stdout?: string;
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  /** Ended with its group when this process dies, even by `kill -9`; see leash.ts. */
  readonly leashed?: boolean;
  onLine?(stream: "stdout" | "stderr", text: string): void;
}

export interface ProcessOutcome {
  /** null when a signal ended it. */
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly seconds: number;
  /** Last 64 KiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessOutcome>;
  /** SIGTERM to the whole group, SIGKILL after the grace; resolves when all of it is gone. */
  stop(graceSeconds?: number): Promise<ProcessOutcome>;
}

export interface ProcessApi {
  start(request: ProcessRequest): Promise<Result<RunningProcess>>;
  run(request: ProcessRequest): Promise<Result<ProcessOutcome>>;
}
