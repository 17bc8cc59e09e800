/** Alerts before and during the drill. Pure. */
import type { Check } from "../../drill/types.ts";
import type { AlertmanagerAlert } from "./alertmanager.ts";
import type { Labels, Series } from "./prometheus.ts";

export interface FiringAlerts {
  /** Of `ALERTS`, by what fired at any time of the window. */
  readonly before: readonly Series[];
  readonly during: readonly Series[];
  readonly now: readonly Labels[];
}

interface SeenAlert {
  readonly labels: Labels;
  readonly when: string;
  /** Fired in the time before the drill as well. */
  readonly earlier: boolean;
  readonly silenced: boolean;
}

const EXPECTED = "no alert that began to fire during the drill";

/** What began to fire during the drill fails, unless somebody has silenced it. */
export function judgeAlerts(
  firing: FiringAlerts | undefined,
  held: readonly AlertmanagerAlert[],
  startedAt: number,
): readonly Check[] {
  const ofPrometheus = firing === undefined ? [] : seenByPrometheus(firing, held);
  const known = ofPrometheus.map(({ labels }) => labels);
  const ofAlertmanager = held
    .filter(({ labels }) => !known.some((one) => within(one, labels)))
    .map((alert) => ({
      labels: alert.labels,
      when: "held by Alertmanager now",
      earlier: alert.startsAt < startedAt,
      silenced: alert.silenced,
    }));
  const seen = [...ofPrometheus, ...ofAlertmanager];
  if (seen.length === 0) {
    return [{ title: "Alerts", status: "passed", expected: EXPECTED, observed: "none fired" }];
  }
  const checks = seen.map(checkOf);
  if (checks.some(({ status }) => status === "failed")) return checks;
  const observed = "none began to fire";
  return [{ title: "Alerts", status: "passed", expected: EXPECTED, observed }, ...checks];
}

function seenByPrometheus(
  { before, during, now }: FiringAlerts,
  held: readonly AlertmanagerAlert[],
): readonly SeenAlert[] {
  const keys = (series: readonly Series[]) => new Set(series.map(({ labels }) => keyOf(labels)));
  const fired = keys(before);
  const fires = new Set(now.map(keyOf));
  return during.map(({ labels: all }) => {
    const labels = identity(all);
    return {
      labels,
      when: fires.has(keyOf(all)) ? "still fires" : "ended again",
      earlier: fired.has(keyOf(all)),
      silenced: held.some((one) => one.silenced && within(labels, one.labels)),
    };
  });
}

function checkOf({ labels, when, earlier, silenced }: SeenAlert): Check {
  const { alertname = "without a name", ...rest } = labels;
  const place = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
  const title = `Alert ${alertname}`;
  if (earlier) {
    return { title, status: "info", observed: `fired before the drill, too; ${when}${where}` };
  }
  const began = `began to fire during the drill; ${when}${silenced ? "; silenced" : ""}${where}`;
  if (silenced) return { title, status: "warning", observed: began };
  return { title, status: "failed", expected: "not firing", observed: began };
}

/** Prometheus adds these to `ALERTS` itself. */
function identity({ __name__: _name, alertstate: _state, ...labels }: Labels): Labels {
  return labels;
}

function keyOf(labels: Labels): string {
  const pairs = Object.entries(identity(labels)).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(pairs);
}

/** Alertmanager's labels hold those of Prometheus, and external ones. */
function within(part: Labels, whole: Labels): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}
