/** Runs `ssh-keygen` so that it can never sit waiting for a passphrase nobody will type. */
import { spawn } from "node:child_process";
import { fail, ok, type Result } from "../problem.ts";

export interface KeygenOutcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A security key has to be touched: leave the operator time for that. */
const TIMEOUT_MS = 60_000;

const MISSING = {
  code: "unusable",
  message: "ssh-keygen was not found on this machine.",
  hint: "Install OpenSSH's client tools (Debian and Ubuntu: apt-get install openssh-client; Fedora: dnf install openssh-clients).",
} as const;

/** A Problem only when it cannot be run at all; what it says is in the outcome. */
export function sshKeygen(args: readonly string[], input: string): Promise<Result<KeygenOutcome>> {
  return new Promise((settle) => {
    const child = spawn("ssh-keygen", args, {
      // Without a session of its own it would ask on the terminal, behind the screen.
      detached: true,
      env: quietEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    // Node's own time-out would go on, and hold the process, when the program is not there.
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    const end = (result: Result<KeygenOutcome>) => {
      clearTimeout(timer);
      settle(result);
    };
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // It may end without reading its input, which is its outcome's business.
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => end(fail(startProblem(error))));
    child.on("close", (exit) => end(ok({ exit, stdout: text(out), stderr: text(err) })));
    child.stdin.end(input);
  });
}

function quietEnvironment(): NodeJS.ProcessEnv {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, SSH_ASKPASS: ___, ...rest } = process.env;
  return { ...rest, SSH_ASKPASS_REQUIRE: "never", LC_ALL: "C" };
}

function startProblem(error: Error) {
  // EACCES: only a directory on PATH that may not be read was in the way.
  return "code" in error && (error.code === "ENOENT" || error.code === "EACCES")
    ? MISSING
    : ({ code: "unusable", message: `ssh-keygen cannot be run: ${error.message}.` } as const);
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
