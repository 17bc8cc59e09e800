/** One figure before and during the drill. Pure. */
import type { Check } from "../../drill/types.ts";
import type { MetricQuery } from "../../environment/metric-queries.ts";
import { chart } from "./chart.ts";
import type { Sample, Series } from "./prometheus.ts";

/** Without a limit: more than this many times the mean before is worth a warning. */
const TIMES = 2;

export interface Windows {
  readonly before: readonly Series[];
  readonly during: readonly Series[];
}

interface Figures {
  readonly mean: number;
  readonly worst: number;
}

/**
 * Fails only beyond a limit that was set. Without one, it warns when the drill's mean is more than
 * twice that of the time before and its worst is worse than any then.
 */
export function judgeFigure(metric: MetricQuery, windows: Windows): Check {
  const { name: title, limit, worse } = metric;
  const before = worstOf(windows.before, worse);
  const during = worstOf(windows.during, worse);
  const then = figuresOf(before, worse);
  const now = figuresOf(during, worse);
  const bound = worse === "higher" ? "at most" : "at least";
  const expected = limit === undefined ? {} : { expected: `${bound} ${formatFigure(limit)}` };
  const shown = [told("during", now, worse), told("before", then, worse)].join("; ");
  if (then === undefined && now === undefined) {
    return { title, status: "info", observed: "no data, neither before the drill nor during it" };
  }
  const picture = chart(
    before.map(([, value]) => value),
    during.map(([, value]) => value),
  );
  const observed = `${shown}; ${picture}`;
  if (now === undefined) return { title, status: "warning", ...expected, observed };
  if (limit !== undefined) {
    return {
      title,
      status: beyond(now.worst, limit, worse) ? "failed" : "passed",
      ...expected,
      observed,
    };
  }
  if (then === undefined) return { title, status: "info", observed };
  return { title, status: spiked(then, now, metric) ? "warning" : "passed", observed };
}

function spiked(then: Figures, now: Figures, { worse, noticeable }: MetricQuery): boolean {
  if (!beyond(now.worst, then.worst, worse)) return false;
  if (Math.abs(now.worst - then.worst) < noticeable) return false;
  return worse === "higher" ? now.mean > then.mean * TIMES : now.mean < then.mean / TIMES;
}

function beyond(value: number, bound: number, worse: MetricQuery["worse"]): boolean {
  return worse === "higher" ? value > bound : value < bound;
}

/** Of several series, the worst at each time. In order of time. */
function worstOf(series: readonly Series[], worse: MetricQuery["worse"]): readonly Sample[] {
  const worst = new Map<number, number>();
  for (const [at, value] of series.flatMap(({ samples }) => samples)) {
    const seen = worst.get(at);
    if (seen === undefined || beyond(value, seen, worse)) worst.set(at, value);
  }
  return [...worst].sort(([a], [b]) => a - b);
}

function figuresOf(samples: readonly Sample[], worse: MetricQuery["worse"]): Figures | undefined {
  const values = samples.map(([, value]) => value);
  const [first] = values;
  if (first === undefined) return undefined;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    worst: values.reduce((worst, value) => (beyond(value, worst, worse) ? value : worst), first),
  };
}

function told(when: string, figures: Figures | undefined, worse: MetricQuery["worse"]): string {
  if (figures === undefined) return `${when}: no data`;
  const extreme = worse === "higher" ? "max" : "min";
  return `${when}: mean ${formatFigure(figures.mean)}, ${extreme} ${formatFigure(figures.worst)}`;
}

/** Three digits, without an exponent where people can read it without. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0001 || size >= 1e9)) return value.toExponential(2);
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}
