/** A command beside the app, on this host. */
import { randomUUID } from "node:crypto";
import { fail, ok, type Result } from "../problem.ts";
import { processes } from "../process/run.ts";
import { shellCommand } from "../process/shell-quote.ts";
import { TOKEN } from "./app-process.ts";
import type { AppRunRequest, WorkIo } from "./target.ts";

export interface HostProject {
  readonly project: string;
  readonly databaseUrl: string;
}

const shell = (command: string) => ["bash", "-euo", "pipefail", "-c", "--", command] as const;

export function describeRunOnHost({ command }: AppRunRequest): string {
  return `DATABASE_URL=•••• NODE_ENV=production ${shellCommand(shell(command))}`;
}

export async function runOnHost(
  { project, databaseUrl }: HostProject,
  { command, token = randomUUID() }: AppRunRequest,
  io: WorkIo,
): Promise<Result<{ readonly exit: number | null }>> {
  const ran = await processes.run({
    command: shell(command),
    cwd: project,
    env: { [TOKEN]: token, DATABASE_URL: databaseUrl, NODE_ENV: "production" },
    unset: ["BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS"],
    signal: io.signal,
    onLine: (stream, text) => io.line(stream, text),
  });
  if (!ran.ok) return ran;
  if (ran.value.cancelled) return fail({ code: "interrupted", message: "It was interrupted." });
  return ok({ exit: ran.value.exit });
}
