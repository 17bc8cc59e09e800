/** Refuses a Docker daemon on another host: mounts of its containers are there, not here. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Problem } from "../../problem.ts";
import { plainLine } from "../../process/terminal-text.ts";
import { askDocker } from "./docker.ts";

const HERE =
  /^(?:(?:unix|fd|npipe):|(?:tcp|http|https|ssh):\/\/(?:[^@/]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|\/|$))/i;

/** Asks only `docker context`, which speaks to no daemon. As for `docker`, DOCKER_HOST goes first. */
export async function remoteDaemon(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const { DOCKER_HOST = "" } = env;
  if (DOCKER_HOST !== "") return remote("DOCKER_HOST", "unset DOCKER_HOST", DOCKER_HOST);
  const context = env.DOCKER_CONTEXT || (await chosenContext(env));
  if (context === undefined || context === "default") return undefined;
  const words = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}", "--", context];
  const asked = await askDocker({ command: ["docker", ...words], signal });
  // What is wrong with a context that is not there, Compose says itself.
  if (!asked.ok || asked.value.exit !== 0) return undefined;
  const name = `Docker context ${plainLine(context)}`;
  return remote(name, "choose this host's (docker context use default)", asked.value.stdout.trim());
}

function remote(name: string, remedy: string, host: string): Problem | undefined {
  if (host === "" || HERE.test(host)) return undefined;
  return {
    code: "unusable",
    message: `${name} is ${plainLine(host)}: that daemon's containers keep their files on another host.`,
    hint: `Run the drill on that host, or ${remedy}.`,
  };
}

const dockerConfig = z.looseObject({ currentContext: z.string().optional() });

/** As `docker context use` wrote it down; a file that is not there, or not Docker's, names none. */
async function chosenContext({ DOCKER_CONFIG }: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = DOCKER_CONFIG || join(homedir(), ".docker");
  try {
    const text = await readFile(join(folder, "config.json"), "utf8");
    return dockerConfig.safeParse(JSON.parse(text)).data?.currentContext;
  } catch {
    return undefined;
  }
}
