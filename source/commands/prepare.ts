/** What `run`, `resume` and `abandon` need before anything can happen. */
import { userInfo } from "node:os";
import type { EnvironmentConfig } from "../environment/types.ts";
import { openChecklist } from "../launch/checklist.ts";
import type { LaunchRequest } from "../launch/launch.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
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
  const who = identity(places, options.operator);
  if (!who.ok) return { ok: false, problems: [who.problem] };
  return {
    ok: true,
    value: {
      storage: places,
      request: {
        checklist: checklist.value,
        config: config.value,
        operator: who.value.operator,
        overrides: options.set ?? {},
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
  readonly signingKey?: string;
}

export function identity(_places: Storage, given: string | undefined): Result<Identity> {
  return ok({ operator: given ?? userInfo().username });
}
