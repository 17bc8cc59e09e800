/** Finds Docker Compose and the project, once; every later call goes through what was found. */
import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ComposeConfig } from "../types.ts";
import { askDocker, type DockerAnswer, daemonProblem, dockerOutput, lastWords } from "./docker.ts";
import { remoteDaemon } from "./remote-daemon.ts";
import { parseResolved, type ResolvedProject } from "./resolved.ts";

export interface ComposeProject {
  /** `docker compose -f … -p … --env-file …`, or `docker-compose …`; run in `directory`. */
  readonly command: readonly [string, ...string[]];
  /** How it is spoken to: `docker-compose` is v1, `docker compose` is v2. */
  readonly version: "v1" | "v2";
  /** Absolute. */
  readonly directory: string;
  /** Variables to add for every call; nothing secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** What `config` printed. It holds secrets: never shown, never journaled. */
  readonly resolved: ResolvedProject;
}

/** What of an environment says how Compose is called. */
export type ComposeCall = Pick<
  ComposeConfig,
  "project" | "files" | "envFile" | "projectName" | "profiles" | "compose"
>;

const SPEECH = { v1: ["docker-compose"], v2: ["docker", "compose"] } as const;

/** Quiet about containers of other services, and no advice for people. */
const ENVIRONMENT = { COMPOSE_IGNORE_ORPHANS: "1", DOCKER_CLI_HINTS: "false" };

/**
 * Errors, each with what to do: no Docker, no Compose, no project file or an invalid one (in
 * Compose's own words), a variable that the file demands and nobody set.
 */
export async function findCompose(
  config: ComposeCall,
  signal: AbortSignal,
): Promise<Result<ComposeProject>> {
  const asked = await findComposeAsking(config, [], signal);
  return asked.ok ? ok(asked.value.project) : asked;
}

export interface Asked {
  readonly project: ComposeProject;
  /** What Compose printed to the words; nothing when there were none. */
  readonly printed: Result<string>;
}

/** Asks something beside `config`: a call takes Compose most of a second before it does a thing. */
export async function findComposeAsking(
  config: ComposeCall,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<Asked>> {
  const versions = config.compose === undefined ? (["v2", "v1"] as const) : [config.compose];
  const remote = await remoteDaemon(process.env, signal);
  if (remote !== undefined) return fail(remote);
  const lacking: Problem[] = [];
  for (const version of versions) {
    const found = await tryCompose(version, { config, words }, signal);
    if (found.ok || !isComposeMissing(found.problem)) return found;
    lacking.push(found.problem);
  }
  return fail(lacking.length > 1 ? noCompose() : (lacking[0] ?? noCompose()));
}

/** The command line of a call; its words are data, no shell sees them. */
export function composeArguments(
  project: ComposeProject,
  ...args: readonly string[]
): readonly [string, ...string[]] {
  return [...project.command, ...args];
}

/** Compose's own options, as the operator would write them in the project's directory. */
export function globalOptions(config: ComposeCall): readonly string[] {
  const { project, files, envFile, projectName, profiles = [] } = config;
  const near = (path: string) => {
    const inside = relative(project, path);
    return inside === "" || inside.startsWith("../") ? path : dashless(inside);
  };
  return [
    ...files.flatMap((file) => ["-f", near(file)]),
    ...(envFile === undefined ? [] : ["--env-file", near(envFile)]),
    ...(projectName === undefined ? [] : ["-p", projectName]),
    ...profiles.flatMap((profile) => ["--profile", profile]),
  ];
}

function dashless(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}

async function tryCompose(
  version: "v1" | "v2",
  { config, words }: { readonly config: ComposeCall; readonly words: readonly string[] },
  signal: AbortSignal,
): Promise<Result<Asked>> {
  const [program, ...plugin] = SPEECH[version];
  const command = [program, ...plugin, ...globalOptions(config)] as const;
  const directory = config.project;
  const call = { directory, env: ENVIRONMENT, signal };
  const [answer, printed] = await Promise.all([
    askDocker({ ...call, command: [...command, "config"] }),
    words.length === 0 ? ok("") : dockerOutput({ ...call, command: [...command, ...words] }),
  ]);
  if (!answer.ok) {
    const missing = answer.problem.message.startsWith(`${program} was not found`);
    return missing ? fail(missingProgram(version)) : answer;
  }
  if (answer.value.exit !== 0) {
    const plugged = version === "v1" || (await hasPlugin(directory, signal));
    if (!plugged) return fail(missingProgram(version));
    return fail((await missingFile(config)) ?? projectProblem(config, answer.value));
  }
  const resolved = parseResolved(answer.value.stdout);
  if (!resolved.ok) return resolved;
  const environment = ENVIRONMENT;
  const project = { command, version, directory, environment, resolved: resolved.value };
  return ok({ project, printed });
}

/** Without the plugin docker complains of whatever option comes first, each version otherwise. */
async function hasPlugin(directory: string, signal: AbortSignal): Promise<boolean> {
  const command = [...SPEECH.v2, "version"] as const;
  const answer = await askDocker({ command, directory, signal });
  return answer.ok && answer.value.exit === 0 && /\d/.test(answer.value.stdout);
}

const MISSING = "compose-missing";

/** Neither Docker nor Compose is at fault: they are not there. */
export function isComposeMissing(problem: Problem): boolean {
  return problem.details?.kind === MISSING;
}

function missingProgram(version: "v1" | "v2"): Problem {
  return {
    code: "unusable",
    message: `\`${SPEECH[version].join(" ")}\` is not installed on this host.`,
    hint: "Install it, or leave `compose` out of the environment to use what is there.",
    details: { kind: MISSING },
  };
}

function noCompose(): Problem {
  return {
    code: "unusable",
    message:
      "Docker Compose is not installed on this host: neither `docker compose` nor `docker-compose` is there.",
    hint: "Install Docker with its Compose plugin, or describe the server as a `direct` environment.",
    details: { kind: MISSING },
  };
}

function projectProblem({ project }: ComposeCall, answer: DockerAnswer): Problem {
  const daemon = daemonProblem(answer);
  if (daemon !== undefined) return daemon;
  const said = answer.stderr.join(" ");
  const absent = /can't find a suitable configuration file|no configuration file provided/i;
  if (absent.test(said)) {
    return {
      code: "unusable",
      message: `There is no Compose file in ${project}.`,
      hint: "Correct `project` of the environment, or name the files in `files`.",
    };
  }
  return {
    code: "unusable",
    message: `Compose cannot read the project in ${project}: ${complaint(answer.stderr)}`,
    hint: "See the whole message with `docker compose config` in that directory, and mend the file.",
  };
}

/** Compose tells it with a stack trace, or not at all. */
async function missingFile({ files, envFile }: ComposeCall): Promise<Problem | undefined> {
  for (const file of [...files, ...(envFile === undefined ? [] : [envFile])]) {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined) continue;
    return {
      code: "unusable",
      message: `The environment names the file ${showName(file)}, and there is none.`,
      hint: "Correct `files` or `envFile` of the environment; both are relative to `project`.",
    };
  }
  return undefined;
}

const SEVERAL_LINES = /^(?:The Compose file .* is invalid because:|\.?yaml\.\w.*)$/;
const ENOUGH_LINES = 4;

/** v1 says on several lines what is wrong with the file. */
function complaint(stderr: readonly string[]): string {
  const lines = stderr.map((line) => line.trim()).filter((line) => line !== "");
  const at = lines.findIndex((line) => SEVERAL_LINES.test(line.replace(/^ERROR: /, "")));
  return at < 0 ? lastWords(stderr) : lines.slice(at, at + ENOUGH_LINES).join(" ");
}
