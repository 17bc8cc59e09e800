import { z } from "zod";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info } from "../outcome.ts";

export const grafanaLinkAction = defineAction({
  name: "monitoring/grafana-link",
  about: "Gives Grafana's address with the drill's own time, from its start until now.",
  inputs: z.strictObject({}),
  outputs: { GRAFANA_DRILL_URL: "Grafana's address, opening at the drill's own time" },
  needs: ["monitoring"],
  notApplicable: (_input, { target }) =>
    (target.variables.GRAFANA_URL ?? "") === ""
      ? "the environment's `monitoring` names no `grafana`"
      : undefined,
  plan: () => ["add the drill's start and end to Grafana's address"],
  run: async (_input, context) => link(context),
});

function link({ target, drill }: ActionContext): ActionResult {
  const until = Date.now();
  const url = withTimeRange(target.variables.GRAFANA_URL ?? "", Date.parse(drill.startedAt), until);
  return {
    ok: true,
    checks: [info("Grafana at the drill's time", url)],
    values: { GRAFANA_DRILL_URL: url },
  };
}

/**
 * `from` and `to` in milliseconds since 1970, in place of what was there; the rest stays.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/create-dashboard-url-variables/
 */
export function withTimeRange(address: string, from: number, to: number): string {
  const url = new URL(address);
  url.searchParams.set("from", String(from));
  url.searchParams.set("to", String(Math.max(from, to)));
  return url.href;
}
