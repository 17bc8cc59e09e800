/** PostgreSQL's client programs inside a container, as the runbook runs them. */
import { access, constants, stat } from "node:fs/promises";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { type ComposeProject, composeArguments } from "../compose/command.ts";
import { type ContainerFacts, inspectContainer } from "../compose/container.ts";
import { askDocker, isDaemonProblem } from "../compose/docker.ts";
import type { Inside } from "../compose/inside.ts";
import { endAllInContainer, leashedInContainer } from "../compose/leash.ts";
import { pathInContainer, type SharedDirectory } from "../compose/mount.ts";
import type { Command } from "../pg-commands.ts";
import type { Away } from "./host-work.ts";

export interface ContainerWork {
  readonly project: ComposeProject;
  readonly container: ContainerFacts;
  readonly inside: Inside;
  readonly shared: Result<SharedDirectory>;
}

export function containerPlace({ project, container, inside, shared }: ContainerWork): Away {
  const { password } = inside.connection;
  // The password goes by name only: Docker's client takes it from its own environment.
  const secret = password === undefined ? [] : ["-e", "PGPASSWORD"];
  const exec = (words: readonly string[]): Command =>
    composeArguments(
      project,
      ...["exec", "-T", "-u", inside.user, ...secret, container.service, ...words],
    );
  return {
    connection: inside.connection,
    dumpProblem: inside.dumpProblem,
    pathOf: (file) => (shared.ok ? pathInContainer(shared.value, file) : undefined),
    show: exec,
    launch({ command, input }, { PGPASSWORD, ...variables }) {
      return {
        command: exec(leashedInContainer(command, variables, input !== undefined)),
        cwd: project.directory,
        env: { ...project.environment, ...(PGPASSWORD === undefined ? {} : { PGPASSWORD }) },
        ...(input === undefined ? { held: true } : { stdin: input }),
      };
    },
    isOwn: (line) => COMPOSE_WARNING.test(line),
    endAll: (label) => endAll(container, inside.user, label),
    takeOver: (file) => takeOver({ container, inside, shared }, file),
  };
}

/**
 * v1 and v2 tell of unset variables and outdated keys at each call. PostgreSQL's programs begin
 * their messages with their own names.
 */
const COMPOSE_WARNING =
  /^(?:time="[^"]*" level=(?:warning|info) msg=|WARN(?:ING)?(?:\[\d+\])?[: ])/;

async function endAll(
  container: ContainerFacts,
  user: string,
  label: string,
): Promise<string | undefined> {
  const { id } = container;
  const ended = await askDocker({
    command: ["docker", "exec", "-u", user, id, ...endAllInContainer(label)],
  });
  if (ended.ok && ended.value.exit === 0) return undefined;
  const now = await inspectContainer(id, container.service);
  const { name } = container;
  if (!now.ok) return isDaemonProblem(now.problem) ? daemonGone(name) : `container ${name} is gone`;
  if (now.value.state !== "running") return `container ${name} is ${now.value.state}`;
  return now.value.startedAt === container.startedAt
    ? undefined
    : `container ${name} was started anew meanwhile`;
}

/** Its watcher in the container ends it, as nobody holds its standard input open any more. */
function daemonGone(name: string): string {
  return `Docker's daemon does not answer any more; what ran in container ${name} ends by itself`;
}

/** What the container's root wrote becomes the operator's. */
async function takeOver(
  { container, inside, shared }: Omit<ContainerWork, "project">,
  file: string,
): Promise<Result<null>> {
  const there = shared.ok ? pathInContainer(shared.value, file) : undefined;
  const uid = process.getuid?.();
  if (there === undefined || uid === undefined || inside.user.startsWith(`${uid}:`))
    return ok(null);
  const owner = `${uid}:${process.getgid?.() ?? uid}`;
  await askDocker({
    command: ["docker", "exec", "-u", "0:0", container.id, "chown", "-R", owner, "--", there],
  });
  const found = await stat(file).catch(() => undefined);
  const mode = found?.isDirectory() === true ? constants.R_OK | constants.X_OK : constants.R_OK;
  const readable = await access(file, mode).then(
    () => true,
    () => false,
  );
  return readable ? ok(null) : fail(unreadable(file));
}

function unreadable(file: string) {
  return {
    code: "failed",
    message: `The backup ${showName(file)} was written, but this user may not read it.`,
    hint: "Run the drill as a user who may read what the container writes into the mount.",
  } as const;
}
