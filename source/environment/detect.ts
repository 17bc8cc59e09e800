/** Without a configuration: is there a Compose project here with a Postgres, and how is it set up? */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ok, type Result } from "../problem.ts";
import { findCompose, isComposeMissing } from "./compose/command.ts";
import { type Discovered, discover } from "./compose/discover.ts";
import { parseUnresolved, type ResolvedProject } from "./compose/resolved.ts";
import { readDotEnv } from "./compose-text.ts";
import type { OfferedEnvironment } from "./config.ts";
import type { Env } from "./resolve.ts";

/** In the order Compose looks for them. */
const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

export const DETECTED_NAME = "compose";

/** undefined when there is no Compose file, or no Postgres in it. */
export async function detectCompose(
  directory: string,
  env: Env,
): Promise<OfferedEnvironment | undefined> {
  const file = await composeFile(directory);
  if (file === undefined && (env.COMPOSE_FILE ?? "") === "") return undefined;
  const project = await resolvedProject(directory, file, env);
  if (project === undefined) return undefined;
  const prisma = await isDirectory(join(directory, "prisma", "migrations"));
  const found = project.ok
    ? discover(project.value, { name: DETECTED_NAME, directory, prisma })
    : project;
  return found === undefined ? undefined : offerOf(found);
}

function offerOf(found: Result<Discovered>): OfferedEnvironment {
  const offer = { name: DETECTED_NAME, target: "compose", detected: true } as const;
  if (!found.ok) return { ...offer, config: found };
  return { ...offer, config: ok(found.value.config), found: found.value.found };
}

/** As Compose itself reads it; where there is no Compose, as the file stands. */
async function resolvedProject(
  directory: string,
  file: string | undefined,
  env: Env,
): Promise<Result<ResolvedProject> | undefined> {
  const call = { project: directory, files: [] };
  const compose = await findCompose(call, new AbortController().signal);
  if (compose.ok) return ok(compose.value.resolved);
  const text =
    file === undefined
      ? undefined
      : await readFile(join(directory, file), "utf8").catch(() => undefined);
  const dotEnv = await readFile(join(directory, ".env"), "utf8").catch(() => "");
  const read =
    text === undefined
      ? undefined
      : parseUnresolved(text, { directory, env: { ...readDotEnv(dotEnv), ...env } });
  if (isComposeMissing(compose.problem)) return read === undefined ? undefined : ok(read);
  // A broken file that holds no Postgres is none of this tool's business.
  return read === undefined ? undefined : compose;
}

async function composeFile(directory: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await stat(join(directory, name)).catch(() => undefined);
    if (found?.isFile() === true) return name;
  }
  return undefined;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
