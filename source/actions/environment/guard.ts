import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { productionReasons } from "../../environment/guard.ts";
import type { Target } from "../../environment/target.ts";
import type { EnvironmentConfig } from "../../environment/types.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";

const COMMAND = "look for signs of production in the environment's names and in the shell";

export const guardAction = defineAction({
  name: "environment/guard",
  about: "Makes sure that nothing here is marked as production, or smells of it.",
  inputs: z.strictObject({}),
  outputs: {},
  plan: () => [COMMAND],
  run: (_input, context) => guard(context),
});

async function guard(context: ActionContext): Promise<ActionResult> {
  await context.command(COMMAND);
  const { summary } = context.target;
  const reasons = productionReasons(configOf(context.target), process.env);
  const title = "Not production";
  const expected = "no mark of production, and no name that says so";
  if (reasons.length === 0) {
    const observed = `environment ${summary.name}, database ${summary.database} on ${summary.server.address}`;
    return { ok: true, checks: [{ title, status: "passed", expected, observed }] };
  }
  return {
    ok: false,
    checks: reasons.map((observed): Check => ({ title, status: "failed", expected, observed })),
    problem: {
      code: "refused",
      message: `Environment "${summary.name}" looks like production: ${reasons.join("; ")}.`,
      hint: "Run this drill in staging. For production, restore a snapshot into a new instance or a replica.",
    },
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
