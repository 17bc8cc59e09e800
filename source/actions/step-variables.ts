/** What a step's text and its processes see of the one variable namespace. */
import { expand, type Values } from "../checklist/expand.ts";
import type { DrillState } from "../drill/state.ts";
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
    ...deps.secretValues,
  };
}

/** For showing: references without a value stay as they are written. */
export function showText(text: string, values: Values): string {
  const { missing = [] } = expand(text, values);
  return expand(text, withPlaceholders(values, missing)).text ?? text;
}

export function withPlaceholders(values: Values, names: readonly string[]): Values {
  return { ...values, ...Object.fromEntries(names.map((name) => [name, `\${${name}}`])) };
}
