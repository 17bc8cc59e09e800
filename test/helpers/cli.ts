/** Runs the bundled command line as an operator would, in a home of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ENTRY = fileURLToPath(new URL("../../dist/restore-drill.js", import.meta.url));

export interface CliOptions {
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CliOutcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function newHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), "restore-drill-home-"));
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliOutcome>;
  stdout(): string;
  stderr(): string;
}

export function startCli(args: readonly string[], { home, cwd, env }: CliOptions): RunningCli {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: cwd ?? home,
    env: { ...process.env, ...env, RESTORE_DRILL_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliOutcome>((resolve) => {
    child.on("close", (exit) => resolve({ exit, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliOutcome> {
  return startCli(args, options).ended;
}
