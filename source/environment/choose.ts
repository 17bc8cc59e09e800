/** Which environment a drill happens in, and the list of those there are. */
import { addressOf } from "../postgres/connection.ts";
import { fail, type Problem, type Result } from "../problem.ts";
import { didYouMean } from "../yaml/suggest.ts";
import type { Finding } from "./compose/discover.ts";
import type { Environments, OfferedEnvironment } from "./config.ts";
import { productionReasons } from "./guard.ts";
import type { Env } from "./resolve.ts";
import type { EnvironmentConfig } from "./types.ts";

export interface Choice {
  readonly environments: Environments;
  /** `--environment`. */
  readonly name?: string;
  /** From the operator's settings; counts only where no configuration file says otherwise. */
  readonly settingsDefault?: string;
}

/** Errors: no such environment (`invalid`), or a variable it refers to is not set (`invalid`). */
export function chooseEnvironment(choice: Choice): Result<EnvironmentConfig> {
  const { environments } = choice;
  const wanted = choice.name ?? defaultOf(choice);
  const found = environments.offered.find(({ name }) => name === wanted);
  return found?.config ?? fail(unknown(wanted, environments));
}

function defaultOf({ environments, settingsDefault }: Choice): string {
  const known = environments.offered.some(({ name }) => name === settingsDefault);
  const counts = environments.path === undefined && known;
  return counts && settingsDefault !== undefined ? settingsDefault : environments.default;
}

function unknown(wanted: string, { offered, path }: Environments): Problem {
  const names = offered.map(({ name }) => name);
  return {
    code: "invalid",
    message: `There is no environment ${JSON.stringify(wanted)}.`,
    hint: didYouMean(wanted, names, "Known are"),
    ...(path === undefined ? {} : { where: path }),
  };
}

/** For `restore-drill environments`. Holds nothing secret. */
export interface EnvironmentRow {
  readonly name: string;
  readonly target: EnvironmentConfig["target"];
  readonly default: boolean;
  readonly detected: boolean;
  /** What a detected one was read from. */
  readonly found?: readonly Finding[];
  /** `host:port`, socket directory, or Compose service; "" when it is not known. */
  readonly address: string;
  readonly database: string;
  /** Why drills are refused there; empty is fine. */
  readonly production: readonly string[];
  /** Why it cannot be used as it stands. */
  readonly problem?: string;
}

export function environmentRows(environments: Environments, env: Env): readonly EnvironmentRow[] {
  return environments.offered.map((offer) => {
    const common = {
      name: offer.name,
      target: offer.target,
      default: offer.name === environments.default,
      detected: offer.detected,
      ...(offer.found === undefined ? {} : { found: offer.found }),
    };
    return { ...common, ...factsOf(offer, env) };
  });
}

function factsOf(
  { config }: OfferedEnvironment,
  env: Env,
): Pick<EnvironmentRow, "address" | "database" | "production" | "problem"> {
  if (!config.ok) {
    return { address: "", database: "", production: [], problem: config.problem.message };
  }
  const production = productionReasons(config.value, env);
  switch (config.value.target) {
    case "practice":
      return { address: "a server of its own, started for the drill", database: "", production };
    case "direct":
      return { address: addressOf(config.value), database: config.value.database, production };
    case "compose": {
      const { service, project, database } = config.value;
      return { address: `service ${service} in ${project}`, database, production };
    }
  }
}
