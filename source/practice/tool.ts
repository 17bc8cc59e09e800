/** Runs one of PostgreSQL's own programs to its end, as another user if need be. */
import { spawn } from "node:child_process";
import { fail, ok, type Result } from "../problem.ts";
import type { RunAs } from "./run-as.ts";

export interface ToolRequest {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: RunAs;
  readonly signal: AbortSignal;
  /** Told the process (and group) id as soon as there is one. */
  started?(pid: number): void;
}

const KEPT_CHARACTERS = 8_192;

/** Resolves to what it printed; a bad exit, a failed start and an abort are problems. */
export function runTool(request: ToolRequest): Promise<Result<string>> {
  return new Promise((resolve) => {
    const child = spawn(request.program, request.arguments, {
      cwd: request.directory,
      env: { ...request.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that an abort reaches the tool's own children.
      detached: true,
      ...request.user,
    });
    let output = "";
    const keep = (text: string): void => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const abort = (): void => killGroup(child.pid);
    request.signal.addEventListener("abort", abort, { once: true });
    if (child.pid !== undefined) request.started?.(child.pid);
    if (request.signal.aborted) abort();
    const finish = (result: Result<string>): void => {
      request.signal.removeEventListener("abort", abort);
      resolve(result);
    };
    child.on("error", (error) => finish(failure(request, error.message)));
    child.on("close", (exit, signal) => {
      if (request.signal.aborted) finish(interrupted());
      else if (exit === 0) finish(ok(output));
      else finish(failure(request, `it ended with ${signal ?? `exit ${exit}`}: ${output.trim()}`));
    });
  });
}

export function interrupted<T>(): Result<T> {
  return fail({
    code: "interrupted",
    message: "Starting the practice environment was interrupted.",
    hint: "Nothing of it is left; start again when you like.",
  });
}

function failure(request: ToolRequest, reason: string): Result<string> {
  return fail({
    code: "unusable",
    message: `${request.program} could not do its work: ${reason}`,
    hint: "Check free space and permissions of the temporary directory, and that npm installed all files.",
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already, which is what was wanted.
  }
}
