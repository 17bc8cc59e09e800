/** Runs `docker` and Compose to their end, and tells why they cannot be used. */
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { processes } from "../../process/run.ts";
import { plainLine } from "../../process/terminal-text.ts";

export interface DockerCall {
  readonly command: readonly [string, ...string[]];
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface DockerAnswer {
  readonly exit: number;
  /** Whole, unlike a child's kept output; may hold secrets. */
  readonly stdout: string;
  readonly stderr: readonly string[];
}

/** A daemon that hangs must not hang the drill. */
const ANSWERS_WITHIN_SECONDS = 60;

/** Errors: it is not installed, or did not answer. How it ended is the caller's to judge. */
export async function askDocker(call: DockerCall): Promise<Result<DockerAnswer>> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const outcome = await processes.run({
    command: call.command,
    timeoutSeconds: ANSWERS_WITHIN_SECONDS,
    ...(call.directory === undefined ? {} : { cwd: call.directory }),
    ...(call.env === undefined ? {} : { env: call.env }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    onLine: (stream, text) => (stream === "stdout" ? stdout : stderr).push(text),
  });
  if (!outcome.ok) return outcome;
  const { exit, cancelled, timedOut } = outcome.value;
  const name = call.command[0];
  if (cancelled) return fail({ code: "interrupted", message: `${name} was interrupted.` });
  if (timedOut) return fail(silent(name));
  return ok({ exit: exit ?? 1, stdout: stdout.join("\n"), stderr: stderr.map(plainLine) });
}

/** Errors: anything but exit 0, told as far as it is known. */
export async function dockerOutput(call: DockerCall): Promise<Result<string>> {
  const answer = await askDocker(call);
  if (!answer.ok) return answer;
  if (answer.value.exit === 0) return ok(answer.value.stdout);
  return fail(daemonProblem(answer.value) ?? otherProblem(call.command[0], answer.value));
}

/** Why the daemon cannot be used; undefined when it is not the daemon's fault. */
export function daemonProblem({ stderr }: Pick<DockerAnswer, "stderr">): Problem | undefined {
  const said = stderr.join(" ");
  if (/permission denied while trying to connect|PermissionError|\[Errno 13\]/i.test(said)) {
    return {
      code: "unusable",
      message: "Docker's daemon refuses this user: permission denied on its socket.",
      hint: "Run the drill as a member of the group `docker`, or as root.",
      details: { kind: DAEMON },
    };
  }
  const unreachable =
    /cannot connect to the docker daemon|couldn't connect to docker daemon|error during connect|connection aborted|failed to connect to the docker api/i;
  if (unreachable.test(said)) {
    return {
      code: "unusable",
      message: "Docker's daemon does not answer: it is stopped, or DOCKER_HOST points elsewhere.",
      hint: "Start it (sudo systemctl start docker), then try again.",
      details: { kind: DAEMON },
    };
  }
  return undefined;
}

const DAEMON = "docker-daemon";

export function isDaemonProblem(problem: Problem): boolean {
  return problem.details?.kind === DAEMON;
}

function otherProblem(name: string, { exit, stderr }: DockerAnswer): Problem {
  return { code: "unusable", message: `${name} failed (exit ${exit}): ${lastWords(stderr)}` };
}

const NOTHING_TOLD = /^(see|run|usage:|file "|(error: )?failed to start containers:)/i;

/** The one line that says most: the last that is no advice, no stack trace and no bare id. */
export function lastWords(stderr: readonly string[]): string {
  const lines = stderr.map((line) => line.trim()).filter((line) => line !== "");
  const telling = lines.filter((line) => !NOTHING_TOLD.test(line));
  return (telling.at(-1) ?? lines.at(-1) ?? "it said nothing").replace(/^(ERROR|Error):\s*/, "");
}

function silent(name: string): Problem {
  return {
    code: "unusable",
    message: `${name} did not answer within ${ANSWERS_WITHIN_SECONDS} seconds.`,
    hint: "Look at the daemon (docker info), then try again.",
  };
}
