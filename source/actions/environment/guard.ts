import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { guardPlace, productionReasons } from "../../environment/guard.ts";
import type { Target } from "../../environment/target.ts";
import type { EnvironmentConfig } from "../../environment/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";

const COMMAND = "look for signs of production in the environment's names and in the shell";

export const guardAction = defineAction({
  name: "environment/guard",
  about:
    "Makes sure that the environment is what the checklist is fit for: nothing that is marked as production or smells of it, or, for a checklist made for production, what is marked.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [COMMAND],
  run: (_input, context) => guard(context),
});

async function guard(context: ActionContext): Promise<ActionResult> {
  await context.command(COMMAND);
  const { fit } = context.drill;
  const config = configOf(context.target);
  const { summary } = context.target;
  const problem = guardPlace(config, process.env, fit);
  const title = "Fit for this environment";
  const expected = fit.includes("production")
    ? `a checklist for ${fit.join(" and ")}`
    : "no mark of production, and no name that says so";
  if (problem === undefined) {
    const observed = `environment ${summary.name}, database ${summary.database} on ${summary.server.address}`;
    return { ok: true, checks: [{ title, status: "passed", expected, observed }] };
  }
  const reasons = productionReasons(config, process.env);
  const observed = reasons.length === 0 ? ["it is not marked as production"] : reasons;
  return {
    ok: false,
    checks: observed.map((one): Check => ({ title, status: "failed", expected, observed: one })),
    problem,
  };
}

/** The guard judges configurations, before there is a target; the drill has the target only. */
function configOf(target: Target): EnvironmentConfig {
  const { name, database, server, target: kind } = target.summary;
  if (kind === "practice") return { name, target: "practice" };
  const { PROMETHEUS_URL, ALERTMANAGER_URL, GRAFANA_URL } = target.variables;
  return {
    name,
    target: "direct",
    production: target.production,
    project: target.project,
    backups: { host: target.backupDirectory },
    monitoring: {
      ...(PROMETHEUS_URL === undefined ? {} : { prometheus: PROMETHEUS_URL }),
      ...(ALERTMANAGER_URL === undefined ? {} : { alertmanager: ALERTMANAGER_URL }),
      ...(GRAFANA_URL === undefined ? {} : { grafana: GRAFANA_URL }),
    },
    host: server.address,
    port: 0,
    user: target.user,
    database,
  };
}
