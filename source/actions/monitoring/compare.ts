import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatDuration } from "../../drill/units.ts";
import type { MetricQuery } from "../../environment/metric-queries.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, stopped } from "../outcome.ts";
import { heldAlerts, heldAlertsUrl } from "./alertmanager.ts";
import { type FiringAlerts, judgeAlerts } from "./alerts.ts";
import { judgeFigure } from "./figures.ts";
import {
  type Api,
  activeAlertsUrl,
  firingNow,
  instantQueryUrl,
  query,
  rangeQueryUrl,
  type TimeRange,
} from "./prometheus.ts";

/** The time before a short drill must be long enough to tell what is usual. */
const LEAST_BEFORE_SECONDS = 600;
/**
 * Points of each range: an hour at the usual scrape interval of 15 s, so that no peak hides
 * between two of them, and few enough for an answer of 1 MiB.
 */
const POINTS = 240;
const LEAST_STEP_SECONDS = 0.25;

export const monitoringCompareAction = defineAction({
  name: "monitoring/compare",
  about:
    "Compares alerts and figures of Prometheus and Alertmanager during the drill with the time before it.",
  inputs: z.strictObject({}),
  outputs: {},
  needs: ["monitoring"],
  notApplicable: (_input, context) =>
    addressOf("PROMETHEUS_URL", context) === "" && addressOf("ALERTMANAGER_URL", context) === ""
      ? "the environment's `monitoring` names neither `prometheus` nor `alertmanager`"
      : undefined,
  plan: (_input, context) => planned(context),
  run: (_input, context) => compare(context),
});

const FIRING = 'ALERTS{alertstate="firing"}';

function addressOf(variable: string, { target }: PlanContext): string {
  return (target.variables[variable] ?? "").replace(/\/+$/u, "");
}

function planned(context: PlanContext): readonly string[] {
  const prometheus = addressOf("PROMETHEUS_URL", context);
  const alertmanager = addressOf("ALERTMANAGER_URL", context);
  const queries = context.target.metricQueries.map(
    (metric) => `GET ${prometheus}/api/v1/query_range of ${metric.query}`,
  );
  return [
    ...(prometheus === ""
      ? []
      : [
          `GET ${prometheus}/api/v1/query of ${FIRING}`,
          `GET ${activeAlertsUrl(prometheus)}`,
          ...queries,
        ]),
    ...(alertmanager === "" ? [] : [`GET ${heldAlertsUrl(alertmanager)}`]),
  ];
}

interface Spans {
  readonly before: TimeRange;
  readonly during: TimeRange;
}

function spansOf({ drill }: ActionContext): Spans {
  const started = Date.parse(drill.startedAt) / 1000;
  const now = Math.max(started + 1, Date.now() / 1000);
  const length = Math.max(LEAST_BEFORE_SECONDS, now - started);
  return {
    before: { from: started - length, to: started },
    during: { from: started, to: now },
  };
}

async function compare(context: ActionContext): Promise<ActionResult> {
  const spans = spansOf(context);
  const checks: Check[] = [info("Compared", comparedTimes(spans))];
  const alerts = await alertChecks(spans, context);
  if (!alerts.ok) return stopped(alerts.problem, checks);
  checks.push(...alerts.value);
  for (const metric of context.target.metricQueries) {
    const check = await figureCheck(metric, spans, context);
    if (!check.ok) return stopped(check.problem, checks);
    checks.push(check.value);
  }
  return concluded({ checks }, (failed) => ({
    code: "failed",
    message: `Monitoring saw the drill: ${failed.map(({ title, observed }) => `${title} ${observed}`).join("; ")}.`,
    hint: "Look at the dashboards for the drill's time. Record a finding if people were hit.",
  }));
}

function comparedTimes({ before, during }: Spans): string {
  const clock = ({ from, to }: TimeRange) =>
    [from, to].map((at) => new Date(at * 1000).toISOString().slice(0, 19)).join("Z to ");
  const seconds = during.to - during.from;
  return `${clock(during)}Z (${formatDuration(seconds)}) with ${clock(before)}Z (${formatDuration(before.to - before.from)})`;
}

async function alertChecks(
  spans: Spans,
  context: ActionContext,
): Promise<Result<readonly Check[]>> {
  const firing = await firingAlerts(spans, context);
  if (!firing.ok) return firing;
  const base = addressOf("ALERTMANAGER_URL", context);
  if (base !== "") await context.command(`GET ${heldAlertsUrl(base)}`);
  const held = base === "" ? ok([]) : await heldAlerts({ base, signal: context.signal });
  if (!held.ok) return held;
  return ok(judgeAlerts(firing.value, held.value, spans.during.from));
}

/** Counting over the whole window sees an alert that fired and ended between two points of it. */
async function firingAlerts(
  { before, during }: Spans,
  context: ActionContext,
): Promise<Result<FiringAlerts | undefined>> {
  const api = { base: addressOf("PROMETHEUS_URL", context), signal: context.signal };
  if (api.base === "") return ok(undefined);
  const over = async ({ from, to }: TimeRange) => {
    const window = `${Math.max(1, Math.floor((to - from) * 1000))}ms`;
    const url = instantQueryUrl(api.base, `count_over_time(${FIRING}[${window}])`, to);
    await context.command(`GET ${readable(url)}`);
    return query(url, api);
  };
  const earlier = await over(before);
  if (!earlier.ok) return earlier;
  const meanwhile = await over(during);
  if (!meanwhile.ok) return meanwhile;
  await context.command(`GET ${activeAlertsUrl(api.base)}`);
  const now = await firingNow(api);
  if (!now.ok) return now;
  return ok({ before: earlier.value, during: meanwhile.value, now: now.value });
}

async function figureCheck(
  metric: MetricQuery,
  { before, during }: Spans,
  context: ActionContext,
): Promise<Result<Check>> {
  const api = { base: addressOf("PROMETHEUS_URL", context), signal: context.signal };
  const earlier = await series(metric, before, { api, context });
  if (!earlier.ok) return orWrongQuery(metric, earlier);
  const meanwhile = await series(metric, during, { api, context });
  if (!meanwhile.ok) return orWrongQuery(metric, meanwhile);
  return ok(judgeFigure(metric, { before: earlier.value, during: meanwhile.value }));
}

async function series(
  metric: MetricQuery,
  range: TimeRange,
  { api, context }: { readonly api: Api; readonly context: ActionContext },
) {
  const step = Math.max(LEAST_STEP_SECONDS, (range.to - range.from) / POINTS);
  const url = rangeQueryUrl(api.base, metric.query, { ...range, step });
  await context.command(`GET ${readable(url)}`);
  return query(url, api);
}

/** The query as people write it. */
function readable(url: string): string {
  return decodeURIComponent(url.replaceAll("+", " "));
}

/** A query that Prometheus does not take spoils its own figure, not the others. */
function orWrongQuery(metric: MetricQuery, failed: Extract<Result<never>, { ok: false }>) {
  if (failed.problem.code !== "invalid") return failed;
  const check: Check = { title: metric.name, status: "failed", observed: failed.problem.message };
  return ok(check);
}
