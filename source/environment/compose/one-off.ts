/** One-off containers of a service: `docker compose run`, followed, stopped and removed by label. */
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ProcessOutcome, RunningProcess } from "../../process/process.ts";
import { processes } from "../../process/run.ts";
import { portTaken } from "../port.ts";
import type { WorkIo } from "../target.ts";
import { type ComposeProject, composeArguments } from "./command.ts";
import { askDocker, daemonProblem, dockerOutput, lastWords } from "./docker.ts";

/** Only a container of ours has it: with it, what a crash left behind is found again. */
export const TOKEN_LABEL = "restore-drill.token";
const DRILL_LABEL = "restore-drill.drill";

export interface OneOff {
  readonly service: string;
  /** Instead of the service's own command. */
  readonly words?: readonly string[];
  /** Tells this container from all others. */
  readonly token: string;
  readonly drill?: string;
  /** `127.0.0.1:4000:3000`. */
  readonly publish?: string;
  /** Plain; they stand in the command. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names only stand in the command; Compose takes the values from its own environment. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Detached, as it must be found, stopped and removed by us whatever becomes of Compose or of this
 * process; `-T` and `--no-deps` as nothing else is to be started or typed into.
 */
export function oneOffCommand(
  project: ComposeProject,
  one: OneOff,
): readonly [string, ...string[]] {
  const labels = {
    [TOKEN_LABEL]: one.token,
    ...(one.drill === undefined ? {} : { [DRILL_LABEL]: one.drill }),
  };
  return composeArguments(
    project,
    ...["run", "-d", "-T", "--no-deps", "--name", containerName(one.token)],
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...(one.publish === undefined ? [] : ["-p", one.publish]),
    ...Object.entries(one.variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    ...Object.keys(one.secrets).flatMap((name) => ["-e", name]),
    one.service,
    ...(one.words ?? []),
  );
}

export function containerName(token: string): string {
  return `restore-drill-${token}`;
}

/** Errors: Compose's own words. What it has made by then, `removeOneOff` finds. */
export async function startOneOff(
  project: ComposeProject,
  one: OneOff,
  io: WorkIo,
): Promise<Result<RunningProcess>> {
  const said: string[] = [];
  const outcome = await processes.run({
    command: oneOffCommand(project, one),
    cwd: project.directory,
    env: { ...project.environment, ...one.secrets },
    signal: io.signal,
    leashed: true,
    onLine: (stream, text) => {
      // Standard output is the container's name; what Compose does comes on the other.
      if (stream === "stdout") return;
      said.push(text);
      io.line("note", text);
    },
  });
  if (!outcome.ok) return outcome;
  if (outcome.value.cancelled) {
    return fail({ code: "interrupted", message: "The start of the container was interrupted." });
  }
  if (outcome.value.exit !== 0) return fail(notStarted(one, said));
  return follow(one.token, io);
}

function notStarted({ service }: OneOff, said: readonly string[]): Problem {
  const unreachable = daemonProblem({ stderr: said });
  if (unreachable !== undefined) return unreachable;
  const message = `Compose could not start a container of service ${service}: ${lastWords(said)}`;
  if (PORT_TAKEN.test(said.join(" "))) return portTaken(message);
  return { code: "failed", message, hint: "Mend what it names, then run the step again." };
}

/** Docker's words, when it publishes a port itself and when its proxy does. */
const PORT_TAKEN = /port is already allocated|address already in use|ports are not available/i;

/** Its output, line by line, until it ends. Its own end is that of the container. */
async function follow(token: string, io: WorkIo): Promise<Result<RunningProcess>> {
  const name = containerName(token);
  const since = performance.now();
  const logs = await processes.start({
    command: ["docker", "logs", "--follow", name],
    leashed: true,
    onLine: (stream, text) => io.line(stream, text),
  });
  if (!logs.ok) return logs;
  const exited = logs.value.exited.then(async (): Promise<ProcessOutcome> => {
    const exit = await exitOf(name);
    const seconds = (performance.now() - since) / 1000;
    const nothing = { signal: null, timedOut: false, cancelled: false, stdout: "", stderr: "" };
    return { exit, seconds, ...nothing };
  });
  return ok({
    pid: logs.value.pid,
    exited,
    async stop(graceSeconds) {
      await removeOneOff(token, graceSeconds);
      return exited;
    },
  });
}

/** A log driver that cannot be read ends the reading early; the waiting does not. */
async function exitOf(name: string): Promise<number | null> {
  const waited = await processes.run({ command: ["docker", "wait", name], leashed: true });
  if (!waited.ok || waited.value.exit !== 0) return null;
  const code = Number(waited.value.stdout.trim());
  return Number.isInteger(code) ? code : null;
}

const GRACE_SECONDS = 10;

/** Says how it went. Errors: Docker does not answer, or the container does not go. */
export async function removeOneOff(
  token: string,
  graceSeconds = GRACE_SECONDS,
): Promise<Result<string>> {
  const there = await containersWith(token);
  if (!there.ok) return there;
  if (there.value.length === 0) return ok("its container is gone already");
  for (const id of there.value) {
    await askDocker({ command: ["docker", "stop", "--time", String(graceSeconds), id] });
    await askDocker({ command: ["docker", "rm", "--force", "--volumes", id] });
  }
  const left = await containersWith(token);
  if (!left.ok) return left;
  if (left.value.length === 0) return ok("its container was stopped and removed");
  return fail({
    code: "failed",
    message: `Container ${containerName(token)} cannot be removed.`,
    hint: `Remove it with \`docker rm -f ${containerName(token)}\`, then clean up again.`,
  });
}

/** Errors: Docker does not answer. */
export async function oneOffRuns(token: string): Promise<Result<boolean>> {
  const running = await containersWith(token, "--filter", "status=running");
  return running.ok ? ok(running.value.length > 0) : running;
}

/** Also those that were only created, unless a filter says otherwise. */
async function containersWith(
  token: string,
  ...filter: readonly string[]
): Promise<Result<readonly string[]>> {
  const label = `label=${TOKEN_LABEL}=${token}`;
  const listed = await dockerOutput({
    command: ["docker", "ps", "-a", "-q", "--no-trunc", "--filter", label, ...filter],
  });
  return listed.ok ? ok(listed.value.split(/\s+/).filter((id) => id !== "")) : listed;
}
