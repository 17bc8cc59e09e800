/** What a step's text and its processes see of the one variable namespace. */
import type { Values } from "../checklist/expand.ts";
import type { DrillState } from "../drill/state.ts";
import type { Target } from "../environment/target.ts";
import type { RunnerDeps } from "./runner-deps.ts";

/**
 * The environment's own win over those the drill began with: a practice environment that came up
 * anew for a resumed drill has another port.
 */
export function variablesOf({ target }: Pick<RunnerDeps, "target">, state: DrillState): Values {
  const { drill } = state;
  const own = drill === undefined ? {} : { DRILL_ID: drill.id, OPERATOR: drill.operator };
  return { ...state.values, ...target.variables, ...own };
}

/** With the secrets. For the environment of a child, and nothing else. */
export function childEnvironment(deps: RunnerDeps, state: DrillState): Values {
  return {
    ...variablesOf(deps, state),
    ...deps.target.secretVariables(deps.restoreDatabase),
    INSTANCE_URL: instanceUrl(deps.target, state.values),
    ...deps.secretValues,
  };
}

/** Of the copy that a step found or made (outputs INSTANCE_HOST and INSTANCE_PORT); else empty. */
function instanceUrl(target: Target, { INSTANCE_HOST: host, INSTANCE_PORT: port }: Values): string {
  if (host === undefined || host === "" || !/^[1-9]\d{0,4}$/u.test(port ?? "")) return "";
  const copy = target.at?.({ host, port: Number(port) });
  return copy?.secretVariables(target.summary.database).DATABASE_URL ?? "";
}
