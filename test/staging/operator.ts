/** The operator's shell: a terminal in the deployment directory. */
import { spawn } from "node:child_process";
import type { Stack } from "./stack.ts";

export interface Outcome {
  readonly code: number | null;
  /** Both streams, as a terminal shows them. */
  readonly text: string;
}

/** In a terminal without a size psql would show its tables in a pager. */
const SIZE = "stty rows 100 columns 200";

/** Runs one line of a runbook in bash, with a pseudo-terminal, as `docker compose exec` wants. */
export function type(
  stack: Stack,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const shell = spawn(
      "script",
      ["--quiet", "--return", "--command", `${SIZE}; ${line}`, "/dev/null"],
      {
        cwd: stack.directory,
        env: { ...stack.environment, SHELL: "/bin/bash", ...variables },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const parts: Buffer[] = [];
    shell.stdout.on("data", (part: Buffer) => parts.push(part));
    shell.once("error", reject);
    shell.once("close", (code) => {
      resolve({ code, text: Buffer.concat(parts).toString().replaceAll("\r\n", "\n") });
    });
  });
}
