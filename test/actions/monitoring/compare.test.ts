import { expect, it } from "vitest";
import { withTimeRange } from "../../../source/actions/monitoring/grafana-link.ts";
import type { MetricQuery } from "../../../source/environment/metric-queries.ts";
import { serveHttp } from "../../helpers/http-server.ts";
import { prometheusAvailable, seriesNow, startPrometheus } from "../../helpers/prometheus.ts";
import { stepWorld, type WorldOptions } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const STEP = usesStep("monitoring/compare");
const ERRORS: MetricQuery = { name: "Errors", query: "errors", worse: "higher", noticeable: 0 };

function world(
  variables: Readonly<Record<string, string>>,
  metricQueries: readonly MetricQuery[],
  options: Pick<WorldOptions, "startedAt"> = {},
) {
  const capabilities = new Set(["monitoring"] as const);
  return stepWorld({ target: { variables, metricQueries, capabilities }, ...options });
}

function matrix(...values: readonly (readonly [number, string])[]) {
  return { status: "success", data: { resultType: "matrix", result: [{ metric: {}, values }] } };
}
const NOTHING = { status: "success", data: { resultType: "vector", result: [] } };

const NONE_FIRES = JSON.stringify({ status: "success", data: { alerts: [] } });

/** A server that says what it is told to for each query, before the drill and during it. */
async function prometheusSaying(say: (query: string, during: boolean) => unknown, start: number) {
  return serveHttp((request, answer) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://local");
    const during = Number(searchParams.get("end") ?? searchParams.get("time")) > start;
    if (pathname === "/api/v1/alerts") return answer.end(NONE_FIRES);
    if (pathname === "/api/v2/alerts") return answer.end(JSON.stringify(say("held", during)));
    const asked = searchParams.get("query") ?? "";
    return answer.end(JSON.stringify(say(asked, during)));
  });
}

const STARTED = "2026-11-22T14:30:00.000Z";
const START = Date.parse(STARTED) / 1000;

async function judged(metric: Partial<MetricQuery>, before: unknown, during: unknown) {
  const PROMETHEUS_URL = await prometheusSaying(
    (query, late) => (query.includes("ALERTS") ? NOTHING : late ? during : before),
    START,
  );
  const one = world({ PROMETHEUS_URL }, [{ ...ERRORS, ...metric }]);
  const { report, status } = await one.runner.run(STEP, one.context);
  const check = report.checks.find(({ title }) => title === "Errors");
  return { step: status, status: check?.status, observed: check?.observed };
}

it.each([
  [
    "nothing changed",
    {},
    "passed",
    [1, 1],
    [1, 1],
    "during: mean 1, max 1; before: mean 1, max 1; ██│██",
  ],
  [
    "twice the mean and more",
    {},
    "warning",
    [1, 1],
    [1, 8],
    "during: mean 4.5, max 8; before: mean 1, max 1; ▂▂│▂█",
  ],
  ["higher, yet not twice", {}, "passed", [2, 2], [2, 3], undefined],
  ["too small a change to notice", { noticeable: 1 }, "passed", [0, 0], [0, 0.9], undefined],
  ["a peak that was usual before", {}, "passed", [0, 9], [8, 9], undefined],
  ["within its limit, though risen", { limit: 8 }, "passed", [0, 0], [0, 8], undefined],
  ["beyond its limit", { limit: 8 }, "failed", [0, 0], [0, 8.1], undefined],
  [
    "below the limit of one that must stay high",
    { limit: 1, worse: "lower" },
    "failed",
    [1, 1],
    [1, 0],
    "during: mean 0.5, min 0; before: mean 1, min 1; ██│█▁",
  ],
  ["fallen by more than half", { worse: "lower" }, "warning", [9, 9], [1, 2], undefined],
] as const)("judges %s", async (_what, metric, status, before, during, observed) => {
  const samples = (values: readonly number[]) =>
    matrix(...values.map((value, index) => [index, String(value)] as const));
  const check = await judged(metric, samples(before), samples(during));
  expect(check.status).toBe(status);
  expect(check.step).toBe(status === "failed" ? "failed" : "passed");
  if (observed !== undefined) expect(check.observed).toBe(observed);
});

it("takes a query without data, or without figures, for no failure", async () => {
  const none = { status: "success", data: { resultType: "matrix", result: [] } };
  const odd = matrix([1, "NaN"], [2, "+Inf"], [3, ""]);
  for (const empty of [none, odd]) {
    expect(await judged({ limit: 1 }, empty, empty)).toMatchObject({
      step: "passed",
      status: "info",
      observed: "no data, neither before the drill nor during it",
    });
  }
  expect(await judged({ limit: 1 }, matrix([1, "0.5"]), none)).toMatchObject({
    step: "passed",
    status: "warning",
    observed: "during: no data; before: mean 0.5, max 0.5; █│",
  });
});

it("takes the worst of several series at each time, and says why a query is refused", async () => {
  const two = {
    status: "success",
    data: {
      resultType: "matrix",
      result: [
        {
          metric: { pod: "a" },
          values: [
            [1, "1"],
            [2, "1"],
          ],
        },
        {
          metric: { pod: "b" },
          values: [
            [1, "0"],
            [2, "5"],
          ],
        },
      ],
    },
  };
  expect(await judged({}, two, two)).toMatchObject({
    observed: expect.stringContaining("mean 3, max 5"),
  });
  const refused = { status: "error", errorType: "bad_data", error: "parse error: unexpected end" };
  expect(await judged({}, refused, refused)).toMatchObject({
    step: "failed",
    observed: "Prometheus does not take the query: parse error: unexpected end",
  });
});

it("keeps every chart within the narrowest panel", async () => {
  const many = matrix(
    ...Array.from({ length: 121 }, (_, index) => [index, String(index)] as const),
  );
  const { observed } = await judged({}, many, many);
  const picture = observed?.split("; ").at(-1) ?? "";
  expect(picture).toMatch(/^[▁-█]{12}│[▁-█]{12}$/u);
  expect(picture.endsWith("█")).toBe(true);
});

it("tells a service that is no Prometheus, and one that is not there", async () => {
  const PROMETHEUS_URL = await serveHttp((_request, answer) => answer.writeHead(404).end("<html>"));
  const wrong = world({ PROMETHEUS_URL }, []);
  expect(await wrong.runner.run(STEP, wrong.context)).toMatchObject({
    status: "failed",
    failure: { message: `${PROMETHEUS_URL} gave no answer that Prometheus gives (status 404).` },
  });
  const gone = world({ PROMETHEUS_URL: "http://127.0.0.1:1" }, []);
  expect(await gone.runner.run(STEP, gone.context)).toMatchObject({
    failure: { message: expect.stringContaining("nothing listens there") },
  });
});

it("asks Alertmanager what is held, alone or beside Prometheus", async () => {
  const alert = (alertname: string, startsAt: string, state = "active") => ({
    labels: { alertname, cluster: "staging" },
    startsAt,
    status: { state },
  });
  const vector = {
    status: "success",
    data: {
      resultType: "vector",
      result: [
        {
          metric: { __name__: "ALERTS", alertstate: "firing", alertname: "Late" },
          value: [1, "1"],
        },
        {
          metric: { __name__: "ALERTS", alertstate: "firing", alertname: "Hushed" },
          value: [1, "1"],
        },
      ],
    },
  };
  const url = await prometheusSaying((query, during) => {
    if (query !== "held") return during ? vector : NOTHING;
    return [
      alert("Late", "2026-11-22T14:31:00Z"),
      alert("Hushed", "2026-11-22T14:31:00Z", "suppressed"),
      alert("Old", "2026-11-22T14:29:59Z"),
      alert("Other", "2026-11-22T14:30:01Z"),
    ];
  }, START);
  const seen = async (variables: Readonly<Record<string, string>>) => {
    const one = world(variables, []);
    const { report } = await one.runner.run(STEP, one.context);
    return report.checks
      .slice(1)
      .map(({ title, status }) => `${status} ${title}`)
      .sort();
  };
  const both = { PROMETHEUS_URL: url, ALERTMANAGER_URL: `${url}/` };
  expect(await seen(both)).toEqual([
    "failed Alert Late",
    "failed Alert Other",
    "info Alert Old",
    "warning Alert Hushed",
  ]);
  expect(await seen({ ALERTMANAGER_URL: url })).toEqual([
    "failed Alert Late",
    "failed Alert Other",
    "info Alert Old",
    "warning Alert Hushed",
  ]);
});

it("does not apply with Grafana alone, whose link it leaves to another step", async () => {
  const one = world({ GRAFANA_URL: "http://grafana/d/x" }, []);
  expect(await one.runner.notApplicable(STEP, one.state())).toBe(
    "the environment's `monitoring` names neither `prometheus` nor `alertmanager`",
  );
  const before = Date.now();
  const { report } = await one.runner.run(usesStep("monitoring/grafana-link"), one.context);
  const url = new URL(report.values.GRAFANA_DRILL_URL ?? "");
  expect(url.pathname).toBe("/d/x");
  expect(url.searchParams.get("from")).toBe(String(START * 1000));
  expect(Number(url.searchParams.get("to"))).toBeGreaterThanOrEqual(Math.max(before, START * 1000));
});

it.each([
  ["http://g", "http://g/?from=1&to=2"],
  [
    "http://g/d/a/b?orgId=1&from=now-6h&to=now&var-x=y#panel",
    "http://g/d/a/b?orgId=1&from=1&to=2&var-x=y#panel",
  ],
])("puts the drill's time into %s", (address, expected) => {
  expect(withTimeRange(address, 1, 2)).toBe(expected);
});

it.runIf(prometheusAvailable)(
  "sees in a real Prometheus an alert that fired and ended, and a figure that rose meanwhile",
  async () => {
    let errors = 0;
    const scraped = await serveHttp((_request, answer) => answer.end(`errors ${errors}\nold 1\n`));
    const PROMETHEUS_URL = await startPrometheus({
      scraped: new URL(scraped).host,
      alerts: { ManyErrors: "errors > 5", Old: "old > 0" },
    });
    const has = (query: string, count: number) =>
      waitFor(async () => expect(await seriesNow(PROMETHEUS_URL, query)).toBe(count), 100);
    await has('ALERTS{alertname="Old",alertstate="firing"}', 1);
    await has("errors == 0", 1);
    const limited: MetricQuery = { ...ERRORS, name: "Limited", limit: 5 };
    const options = { startedAt: new Date().toISOString() };
    const one = world(
      { PROMETHEUS_URL },
      [ERRORS, limited, { ...ERRORS, name: "None", query: "nonesuch" }],
      options,
    );
    const quiet = await one.runner.run(STEP, one.context);
    expect(quiet.status).toBe("passed");

    errors = 9;
    await has('ALERTS{alertname="ManyErrors",alertstate="firing"}', 1);
    await has("min_over_time(errors[1s]) > 5", 1);
    errors = 0;
    await has('ALERTS{alertname="ManyErrors"}', 0);
    const outcome = await one.runner.run(STEP, one.context);
    expect(outcome.status).toBe("failed");
    const told = Object.fromEntries(
      outcome.report.checks.map(({ title, status, observed }) => [title, `${status}: ${observed}`]),
    );
    expect(told).toMatchObject({
      "Alert ManyErrors": expect.stringMatching(
        /^failed: began to fire during the drill; ended again \(instance=.*job="app"\)$/,
      ),
      "Alert Old": expect.stringMatching(/^info: fired before the drill, too; still fires/),
      Errors: expect.stringMatching(/^warning: during: mean \S+, max 9; before: mean 0, max 0; /),
      Limited: expect.stringMatching(/^failed: during/),
      None: "info: no data, neither before the drill nor during it",
    });
  },
);
