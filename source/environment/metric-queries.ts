/** Figures of Prometheus that are watched during a drill. */

export interface MetricQuery {
  readonly name: string;
  /** PromQL. Of several series, the worst at each time counts. */
  readonly query: string;
  /** The drill must not bring it beyond this. */
  readonly limit?: number;
  readonly worse: "higher" | "lower";
  /** Without a limit: a change smaller than this is not worth a word. */
  readonly noticeable: number;
}

/** As in `restore-drill.yaml`: PromQL alone, or with its limit. */
export type WrittenQuery =
  | string
  | {
      readonly query: string;
      readonly limit?: number;
      readonly worse: MetricQuery["worse"];
    };

/**
 * What prometheus itself, postgres_exporter and the usual HTTP middlewares call things. A stack
 * without one of them has no data for it, which is no failure.
 */
const USUAL: readonly MetricQuery[] = [
  { name: "Targets down", query: "count(up == 0) or vector(0)", worse: "higher", noticeable: 1 },
  {
    name: "Database connections",
    query: "sum(pg_stat_activity_count)",
    worse: "higher",
    noticeable: 10,
  },
  {
    name: "Database rollbacks per second",
    query: "sum(rate(pg_stat_database_xact_rollback[2m]))",
    worse: "higher",
    noticeable: 0.1,
  },
  {
    name: "HTTP errors (5xx) per second",
    query:
      'sum(rate(http_requests_total{status=~"5.."}[2m])) or sum(rate(http_requests_total{code=~"5.."}[2m]))',
    worse: "higher",
    noticeable: 0.01,
  },
  {
    name: "HTTP latency in seconds, 95th percentile",
    query: "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[2m])))",
    worse: "higher",
    noticeable: 0.05,
  },
];

/** The configured ones instead of the usual ones; none without a Prometheus. */
export function metricQueries(
  monitoring:
    | { readonly prometheus?: string; readonly queries?: Readonly<Record<string, WrittenQuery>> }
    | undefined,
): readonly MetricQuery[] {
  if (monitoring?.prometheus === undefined) return [];
  if (monitoring.queries === undefined) return USUAL;
  return Object.entries(monitoring.queries).map(([name, written]) =>
    typeof written === "string"
      ? { name, query: written, worse: "higher", noticeable: 0 }
      : { name, noticeable: 0, ...written },
  );
}
