/** What `run`, `resume` and `abandon` need before anything can happen. */
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { OFFERED_VARIABLES } from "../checklist/offered.ts";
import { fitOf, type VariableDeclaration } from "../checklist/types.ts";
import { refusedOverride, secretsFrom } from "../checklist/variables.ts";
import { skipComplaint } from "../drill/decide-lifecycle.ts";
import { chooseEnvironment } from "../environment/choose.ts";
import { loadEnvironments } from "../environment/config.ts";
import { guardPlace } from "../environment/guard.ts";
import { saveDetected } from "../environment/save.ts";
import type { EnvironmentConfig } from "../environment/types.ts";
import { openChecklist } from "../launch/checklist.ts";
import type { LaunchRequest } from "../launch/launch.ts";
import { ok, type Problem, type Result } from "../problem.ts";
import { readSettings } from "../settings/settings.ts";
import { type Storage, storage } from "../settings/storage.ts";

export interface PrepareOptions {
  readonly checklist: string;
  readonly environment?: string;
  readonly config?: string;
  readonly operator?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly skip?: Readonly<Record<string, string>>;
}

export interface Prepared {
  readonly request: Omit<LaunchRequest, "drill" | "start" | "resumes">;
  readonly storage: Storage;
  readonly signingKey?: string;
}

export interface Failed {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export type PreparedResult = { readonly ok: true; readonly value: Prepared } | Failed;

export async function prepare(options: PrepareOptions): Promise<PreparedResult> {
  const checklist = await openChecklist(options.checklist);
  if (!checklist.ok) return checklist;
  const { variables } = checklist.value;
  // Before the environment is opened: a typing error should cost no time.
  const refused = refusedOverride(variables, Object.keys(OFFERED_VARIABLES), options.set ?? {});
  if (refused !== undefined) return failed(refused);
  const skips = skipComplaint(checklist.value, options.skip ?? {});
  if (skips !== undefined) return failed({ code: "usage", ...skips });
  const places = storage(process.env);
  const chosen = await choose(places, options);
  if (!chosen.ok) return chosen;
  const { config, ...found } = chosen.value;
  const unfit = guardPlace(config, process.env, fitOf(checklist.value));
  if (unfit !== undefined) return failed(unfit);
  const who = await identity(places, options.operator);
  if (!who.ok) return failed(who.problem);
  return {
    ok: true,
    value: {
      storage: places,
      ...(who.value.signingKey === undefined ? {} : { signingKey: who.value.signingKey }),
      request: {
        checklist: checklist.value,
        config,
        ...found,
        operator: who.value.operator,
        overrides: {
          ...secretsFrom(variables, process.env),
          ...givenBackup(variables, process.env),
          ...options.set,
        },
        storage: places,
      },
    },
  };
}

/**
 * `BACKUP_FILE=... restore-drill` drills that backup, as the runbook's shell would. No other
 * variable is taken from the process environment unasked; `--set` wins.
 */
function givenBackup(
  declarations: readonly VariableDeclaration[],
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const { BACKUP_FILE: given = "" } = environment;
  if (given === "" || !declarations.some(({ name }) => name === "BACKUP_FILE")) return {};
  return { BACKUP_FILE: resolve(given) };
}

interface Given {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
}

export async function chooseConfig(
  places: Storage,
  given: Given,
): Promise<{ ok: true; value: EnvironmentConfig } | Failed> {
  const chosen = await choose(places, given);
  return chosen.ok ? { ok: true, value: chosen.value.config } : chosen;
}

type Chosen = Pick<LaunchRequest, "config" | "found">;

async function choose(
  places: Storage,
  given: Given,
): Promise<{ ok: true; value: Chosen } | Failed> {
  const { config: file, environment: name } = given;
  const environments = await loadEnvironments({
    cwd: process.cwd(),
    env: process.env,
    ...(file === undefined ? {} : { file }),
  });
  if (!environments.ok) return environments;
  const settings = await readSettings(places.settings);
  if (!settings.ok) return failed(settings.problem);
  const { environment: settingsDefault } = settings.value;
  const chosen = chooseEnvironment({
    environments: environments.value,
    ...(name === undefined ? {} : { name }),
    ...(settingsDefault === undefined ? {} : { settingsDefault }),
  });
  if (!chosen.ok) return failed(chosen.problem);
  const config = chosen.value;
  const { found: read } =
    environments.value.offered.find((offer) => offer.detected && offer.name === config.name) ?? {};
  if (read === undefined) return { ok: true, value: { config } };
  const save = () => saveDetected(environments.value, process.cwd());
  return { ok: true, value: { config, found: { settings: read, save } } };
}

function failed(problem: Problem): Failed {
  return { ok: false, problems: [problem] };
}

export interface Identity {
  readonly operator: string;
  /** Path of the operator's own key; without one, a key is generated. */
  readonly signingKey?: string;
}

/** Who drills: the option, else the setting, else the user of the operating system. */
export async function identity(
  places: Storage,
  given: string | undefined,
): Promise<Result<Identity>> {
  const settings = await readSettings(places.settings);
  if (!settings.ok) return settings;
  const { operator, signingKey } = settings.value;
  const who = given ?? operator ?? userName();
  return ok(signingKey === undefined ? { operator: who } : { operator: who, signingKey });
}

/** A user id may have no name, as in many containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
