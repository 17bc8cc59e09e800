/** The target that a drill in this directory would use: configured, else discovered. */
import { chooseEnvironment } from "../../source/environment/choose.ts";
import { loadEnvironments } from "../../source/environment/config.ts";
import type { Env } from "../../source/environment/resolve.ts";
import type { Target } from "../../source/environment/target.ts";
import { openComposeTarget } from "../../source/environment/targets/compose.ts";
import type { ComposeConfig } from "../../source/environment/types.ts";
import type { Result } from "../../source/problem.ts";
import { must } from "../helpers/results.ts";

export async function configHere(cwd: string, env: Env): Promise<ComposeConfig> {
  const environments = await loadEnvironments({ cwd, env });
  if (!environments.ok) throw new Error(JSON.stringify(environments.problems));
  const config = must(chooseEnvironment({ environments: environments.value, name: "compose" }));
  if (config.target !== "compose") throw new Error(`it is ${config.target}`);
  return config;
}

export function open(config: ComposeConfig, lines: string[] = []): Promise<Result<Target>> {
  const line = (text: string) => void lines.push(text);
  return openComposeTarget(config, { signal: new AbortController().signal, line });
}

export async function openHere(cwd: string, env: Env): Promise<Target> {
  return must(await open(await configHere(cwd, env)));
}
