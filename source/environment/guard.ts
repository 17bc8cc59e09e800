/** Anything that smells of production is refused. Pure; there is no way around it. */
import type { Place } from "../checklist/types.ts";
import type { Problem } from "../problem.ts";
import type { Env } from "./resolve.ts";
import type { EnvironmentConfig } from "./types.ts";

/** A name that is looked at, and what it is the name of. */
interface Named {
  readonly what: string;
  readonly value: string | undefined;
}

/** Why a drill must not run there; empty when nothing speaks against it. */
export function productionReasons(config: EnvironmentConfig, env: Env): readonly string[] {
  // Practice is a throwaway server of our own, wherever the shell points.
  if (config.target === "practice") return [];
  const marked = config.production ? ["it is marked `production: true`"] : [];
  const shell = [...shellNames(env), ...(config.target === "compose" ? dockerNames(env) : [])];
  const names = [...configuredNames(config), ...shell].flatMap(({ what, value }) => {
    const word = value === undefined ? undefined : productionWord(value);
    return word === undefined ? [] : [`${what} holds the word "${word}"`];
  });
  return [...marked, ...names];
}

/**
 * Whether a checklist that is fit for these places may run there; else `refused`, with every
 * reason. A name that smells of production is not enough for a checklist that is made for it: the
 * environment has to be marked, so that nobody gets there by a slip.
 */
export function guardPlace(
  config: EnvironmentConfig,
  env: Env,
  fit: readonly Place[],
): Problem | undefined {
  const reasons = productionReasons(config, env);
  if (reasons.length === 0) return fit.includes("staging") ? undefined : notProduction(config);
  const looks = `Environment "${config.name}" looks like production: ${reasons.join("; ")}.`;
  if (!fit.includes("production")) return { code: "refused", message: looks, hint: notFit(config) };
  return isMarked(config)
    ? undefined
    : { code: "refused", message: looks, hint: "If it is, mark it with `production: true`." };
}

function notFit({ name }: EnvironmentConfig): string {
  return `This checklist is not made for it. Run it in staging; for production take one that says so (restore-drill checklists --environment ${name}).`;
}

function isMarked(config: EnvironmentConfig): boolean {
  return config.target !== "practice" && config.production;
}

function notProduction({ name }: EnvironmentConfig): Problem {
  return {
    code: "refused",
    message: `This checklist is for production only, and environment "${name}" is none.`,
    hint: "Choose an environment that is marked `production: true`, or another checklist (restore-drill checklists).",
  };
}

function configuredNames(config: Exclude<EnvironmentConfig, { target: "practice" }>): Named[] {
  const { monitoring = {} } = config;
  const common = [
    { what: "its name", value: config.name },
    { what: "its database", value: config.database },
    { what: "its user", value: config.user },
    ...Object.entries(monitoring).map(([name, url]) => ({
      what: `its ${name} host`,
      value: hostOf(url),
    })),
  ];
  if (config.target === "direct") return [...common, { what: "its host", value: config.host }];
  const files = config.files.map((file) => ({ what: "its Compose file", value: lastPart(file) }));
  return [
    ...common,
    { what: "its service", value: config.service },
    { what: "its project name", value: config.projectName },
    { what: "its project directory", value: lastPart(config.project) },
    ...files,
  ];
}

/** What `run` steps would pick up from the shell, even though this tool's own sessions do not. */
function shellNames(env: Env): Named[] {
  const asked = ["NODE_ENV", "APP_ENV", "RAILS_ENV", "PGHOST", "PGDATABASE", "PGSERVICE"];
  const url = env.DATABASE_URL;
  return [
    ...asked.map((name) => ({ what: `${name} in the shell`, value: env[name] })),
    { what: "the host of DATABASE_URL in the shell", value: hostOf(url) },
    { what: "the database of DATABASE_URL in the shell", value: lastPart(pathOf(url)) },
  ];
}

/** Where Compose would be sent by the shell. */
function dockerNames(env: Env): Named[] {
  const asked = ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "DOCKER_HOST", "DOCKER_CONTEXT"];
  return asked.map((name) => ({ what: `${name} in the shell`, value: env[name] }));
}

const PRODUCTION = new Set(["prod", "production", "prd", "live"]);
/** `non-production` and `pre-prod` say the opposite. */
const NEGATIONS = new Set(["non", "not", "no", "pre"]);

/** The word that gives it away: `prod` in `db.prod-1.example.com`, nothing in `product_catalog`. */
export function productionWord(name: string): string | undefined {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/^\d+|\d+$/g, ""))
    .filter((word) => word !== "");
  const at = words.findIndex(
    (word, index) => PRODUCTION.has(word) && !NEGATIONS.has(words[index - 1] ?? ""),
  );
  return words[at];
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}

function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined;
}

function lastPart(path: string | undefined): string | undefined {
  return path?.split("/").findLast((part) => part !== "");
}
