/** Headless drills in the deployment directory, and what their operator sees of them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CliOutcome, newHome, type RunningCli, runCli, startCli } from "../helpers/cli.ts";
import { stepStatuses, verdictOf } from "../helpers/entry-steps.ts";
import type { Stack } from "./stack.ts";

export interface DrillOptions {
  /** On top of the environment; unless given, Compose's project is discovered. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Optional steps to leave out. */
  readonly skip?: readonly string[];
}

export interface Drilling extends RunningCli {
  /** Of its own: journal and log of this drill alone. */
  readonly home: string;
  /** Once the drill says it. */
  id(): string;
}

export interface Drilled {
  readonly home: string;
  readonly exit: number | null;
  /** Both streams. */
  readonly said: string;
  readonly id: string;
  /** Of the newest entry of the log; undefined when there is none. */
  readonly verdict: string | undefined;
  /** By step, from that entry. */
  readonly steps: Readonly<Record<string, string>>;
}

/** What takes long and has no part in most breakages. */
export const BESIDES: readonly string[] = [
  ...["known-commit", "baseline-deployment", "baseline-monitoring", "baseline-ssot"],
  ...["amcheck", "after-deployment", "after-monitoring", "after-ssot", "load-smoke"],
];

export async function startDrill(stack: Stack, options: DrillOptions = {}): Promise<Drilling> {
  const home = await newHome();
  const { args = ["--environment", "compose"], env = {}, skip = BESIDES } = options;
  const skips = skip.flatMap((step) => ["--skip", `${step}=not now`]);
  const running = startCli(["--headless", "--operator", "Robin", ...args, ...skips], {
    home,
    cwd: stack.directory,
    env: { ...speech(stack), ...env },
  });
  return { ...running, home, id: () => idIn(running.stdout()) };
}

export async function drill(stack: Stack, options?: DrillOptions): Promise<Drilled> {
  return outcome(await startDrill(stack, options));
}

export async function outcome(running: Drilling): Promise<Drilled> {
  return drilledOf(running.home, await running.ended);
}

/** Another command in the same place and the same home. */
export async function command(
  stack: Stack,
  home: string,
  args: readonly string[],
): Promise<Drilled> {
  return drilledOf(home, await runCli(args, { home, cwd: stack.directory, env: speech(stack) }));
}

/** `docker compose` or not, as the stack was started. */
export function speech({ environment }: Stack): Readonly<Record<string, string>> {
  return { DOCKER_CONFIG: environment.DOCKER_CONFIG ?? "" };
}

function drilledOf(home: string, { exit, stdout, stderr }: CliOutcome): Drilled {
  const log = join(home, "log.jsonl");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  const newest = lines.at(-1);
  const entry: unknown = newest === undefined ? undefined : JSON.parse(newest);
  return {
    ...{ home, exit, said: stdout + stderr, id: idIn(stdout) },
    verdict: entry === undefined ? undefined : verdictOf(entry),
    steps: entry === undefined ? {} : stepStatuses(entry),
  };
}

function idIn(text: string): string {
  return /drill-\d{8}-\d{6}-\w+/u.exec(text)?.[0] ?? "";
}
