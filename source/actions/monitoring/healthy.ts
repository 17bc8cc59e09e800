import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { httpGet } from "../http/get.ts";

const TIMEOUT_SECONDS = 5;

interface Service {
  readonly title: string;
  readonly variable: string;
  readonly path: string;
}

const SERVICES: readonly Service[] = [
  { title: "Prometheus", variable: "PROMETHEUS_URL", path: "/-/healthy" },
  { title: "Alertmanager", variable: "ALERTMANAGER_URL", path: "/-/healthy" },
  { title: "Grafana", variable: "GRAFANA_URL", path: "/api/health" },
];

export const monitoringHealthyAction = defineAction({
  name: "monitoring/healthy",
  about: "Asks Prometheus, Alertmanager and Grafana for their health.",
  inputs: z.strictObject({}),
  outputs: {},
  needs: ["monitoring"],
  plan: (_input, context) => addresses(context).map(({ url }) => `GET ${url}`),
  run: (_input, context) => healthy(context),
});

interface Address extends Service {
  readonly url: string;
}

function addresses({ target }: PlanContext): readonly Address[] {
  return SERVICES.flatMap((service) => {
    const base = target.variables[service.variable] ?? "";
    return base === "" ? [] : [{ ...service, url: `${base.replace(/\/+$/u, "")}${service.path}` }];
  });
}

async function healthy(context: ActionContext): Promise<ActionResult> {
  const asked = addresses(context);
  for (const { url } of asked) await context.command(`GET ${url}`);
  const checks = [
    ...(await Promise.all(asked.map((address) => ask(address, context)))),
    ...SERVICES.filter(({ title }) => !asked.some((address) => address.title === title)).map(
      ({ title }): Check => ({
        title,
        status: "info",
        observed: "no address in the environment's configuration, so it was not asked",
      }),
    ),
  ];
  const failed = checks.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { ok: true, checks };
  return {
    ok: false,
    checks,
    problem: {
      code: "failed",
      message: `Monitoring is not healthy: ${failed.map(({ title }) => title).join(", ")}.`,
      hint: "Start the monitoring stack, or correct its addresses in restore-drill.yaml.",
    },
  };
}

async function ask({ title, url }: Address, { signal }: ActionContext): Promise<Check> {
  const answer = await httpGet(url, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  const expected = "a 2xx status";
  if (!answer.ok) return { title, status: "failed", expected, observed: answer.problem.message };
  const { status } = answer.value;
  const good = status >= 200 && status < 300;
  return { title, status: good ? "passed" : "failed", expected, observed: `${status} from ${url}` };
}
