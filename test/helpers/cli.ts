/** Runs the bundled command line as an operator would, in a home of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
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

/** Open to everybody: as root, the practice server runs as somebody else. */
export async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "restore-drill-home-"));
  await mkdir(temporaryOf(home));
  await chmod(home, 0o755);
  await chmod(temporaryOf(home), 0o1777);
  return home;
}

/** Where a tool with this home puts its temporary files. */
export function temporaryOf(home: string): string {
  return join(home, "tmp");
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
    // Temporary files go to a folder of the home, so that a test sees what is left behind.
    env: { ...process.env, TMPDIR: temporaryOf(home), ...env, RESTORE_DRILL_HOME: home },
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
