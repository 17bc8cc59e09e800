/** What `run`, `resume` and `abandon` need before anything can happen. */
import { userInfo } from "node:os";
import { secretsFrom } from "../checklist/variables.ts";
import type { EnvironmentConfig } from "../environment/types.ts";
import { openChecklist } from "../launch/checklist.ts";
import type { LaunchRequest } from "../launch/launch.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { readSettings } from "../settings/settings.ts";
import { type Storage, storage } from "../settings/storage.ts";

export interface PrepareOptions {
  readonly checklist: string;
  readonly environment?: string;
  readonly config?: string;
  readonly operator?: string;
  readonly set?: Readonly<Record<string, string>>;
}

export interface Prepared {
  readonly request: Omit<LaunchRequest, "drill" | "start" | "resumes">;
  readonly storage: Storage;
  readonly signingKey?: string;
}

export type PreparedResult =
  | { readonly ok: true; readonly value: Prepared }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export async function prepare(options: PrepareOptions): Promise<PreparedResult> {
  const checklist = await openChecklist(options.checklist);
  if (!checklist.ok) return checklist;
  const config = await chooseConfig(options.config, options.environment);
  if (!config.ok) return { ok: false, problems: [config.problem] };
  const places = storage(process.env);
  const who = await identity(places, options.operator);
  if (!who.ok) return { ok: false, problems: [who.problem] };
  return {
    ok: true,
    value: {
      storage: places,
      ...(who.value.signingKey === undefined ? {} : { signingKey: who.value.signingKey }),
      request: {
        checklist: checklist.value,
        config: config.value,
        operator: who.value.operator,
        overrides: { ...secretsFrom(checklist.value.variables, process.env), ...options.set },
        storage: places,
      },
    },
  };
}

export async function chooseConfig(
  _config: string | undefined,
  name: string | undefined,
): Promise<Result<EnvironmentConfig>> {
  if (name === undefined || name === "practice")
    return ok({ name: "practice", target: "practice" });
  return fail({ code: "invalid", message: `no environment ${name}` });
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
