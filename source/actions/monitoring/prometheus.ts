/** Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import { httpGet } from "../http/get.ts";

const TIMEOUT_SECONDS = 15;

export type Labels = Readonly<Record<string, string>>;

/** Seconds since 1970, value. Values that are no figure (NaN, infinite) are left out. */
export type Sample = readonly [at: number, value: number];

export interface Series {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** Seconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Api {
  /** Without a trailing slash. */
  readonly base: string;
  readonly signal: AbortSignal;
}

export function rangeQueryUrl(base: string, query: string, at: TimeRange & { step: number }) {
  const { from, to, step } = at;
  const asked = new URLSearchParams({
    query,
    start: String(from),
    end: String(to),
    step: String(step),
  });
  return `${base}/api/v1/query_range?${asked}`;
}

export function instantQueryUrl(base: string, query: string, time: number): string {
  return `${base}/api/v1/query?${new URLSearchParams({ query, time: String(time) })}`;
}

const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    data: z.discriminatedUnion("resultType", [
      z.object({
        resultType: z.literal("matrix"),
        result: z.array(z.object({ metric: labels, values: z.array(sample).default([]) })),
      }),
      z.object({
        resultType: z.literal("vector"),
        result: z.array(z.object({ metric: labels, value: sample.optional() })),
      }),
      z.object({ resultType: z.literal("scalar"), result: sample }),
    ]),
  }),
  z.object({ status: z.literal("error"), error: z.string() }),
]);

type Answer = z.output<typeof answer>;

/** Errors: no answer, no Prometheus, or a query it does not take (`invalid`). */
export async function query(url: string, { signal }: Api): Promise<Result<readonly Series[]>> {
  const got = await httpGet(url, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  if (!got.ok) return got;
  const read = readAnswer(got.value.body);
  if (read === undefined) return fail(noPrometheus(url, got.value.status));
  if (read.status === "error") {
    return fail({
      code: "invalid",
      message: `Prometheus does not take the query: ${read.error}`,
      hint: "Correct it under `queries` of `monitoring` in restore-drill.yaml.",
    });
  }
  return ok(seriesOf(read.data));
}

const alertsAnswer = z.object({
  status: z.literal("success"),
  data: z.object({ alerts: z.array(z.object({ labels, state: z.string() })) }),
});

export function activeAlertsUrl(base: string): string {
  return `${base}/api/v1/alerts`;
}

/** What fires at this moment; `ALERTS` still shows for minutes what a reload took away. */
export async function firingNow({ base, signal }: Api): Promise<Result<readonly Labels[]>> {
  const url = activeAlertsUrl(base);
  const got = await httpGet(url, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  if (!got.ok) return got;
  const read = alertsAnswer.safeParse(jsonOf(got.value.body));
  if (!read.success) return fail(noPrometheus(url, got.value.status));
  const firing = read.data.data.alerts.filter(({ state }) => state === "firing");
  return ok(firing.map((alert) => alert.labels));
}

function noPrometheus(url: string, status: number) {
  return {
    code: "failed",
    message: `${new URL(url).origin} gave no answer that Prometheus gives (status ${status}).`,
    hint: "Check `prometheus` of `monitoring` in restore-drill.yaml.",
  } as const;
}

function jsonOf(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}

function readAnswer(body: string): Answer | undefined {
  return answer.safeParse(jsonOf(body)).data;
}

function seriesOf(data: Extract<Answer, { status: "success" }>["data"]): readonly Series[] {
  switch (data.resultType) {
    case "matrix":
      return data.result.map(({ metric, values }) => ({ labels: metric, samples: read(values) }));
    case "vector":
      return data.result.map(({ metric, value }) => ({
        labels: metric,
        samples: read(value === undefined ? [] : [value]),
      }));
    case "scalar":
      return [{ labels: {}, samples: read([data.result]) }];
  }
}

function read(values: readonly (readonly [number, string])[]): readonly Sample[] {
  return values.flatMap(([at, text]): readonly Sample[] => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) ? [[at, value]] : [];
  });
}
