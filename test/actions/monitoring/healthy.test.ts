import { expect, it } from "vitest";
import { serveHttp } from "../../helpers/http-server.ts";
import { stepWorld } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

const STEP = usesStep("monitoring/healthy");

function world(variables: Readonly<Record<string, string>>) {
  return stepWorld({ target: { variables, capabilities: new Set(["monitoring"]) } });
}

it("asks each service for its health", async () => {
  const asked: string[] = [];
  const url = await serveHttp((request, answer) => {
    asked.push(request.url ?? "");
    answer.end();
  });
  const { runner, context } = world({
    PROMETHEUS_URL: `${url}/`,
    ALERTMANAGER_URL: url,
    GRAFANA_URL: `${url}/grafana`,
  });
  expect((await runner.run(STEP, context)).status).toBe("passed");
  expect(asked.sort()).toEqual(["/-/healthy", "/-/healthy", "/grafana/api/health"]);
});

it("names what is not healthy, and what was not asked", async () => {
  const url = await serveHttp((_request, answer) => answer.writeHead(500).end());
  const { runner, context } = world({
    PROMETHEUS_URL: url,
    ALERTMANAGER_URL: "http://127.0.0.1:1",
  });
  const outcome = await runner.run(STEP, context);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: "Monitoring is not healthy: Prometheus, Alertmanager." },
  });
  expect(outcome.report.checks.map(({ title, status }) => [title, status])).toEqual([
    ["Prometheus", "failed"],
    ["Alertmanager", "failed"],
    ["Grafana", "info"],
  ]);
});

it("does not apply where there is no monitoring", async () => {
  const without = stepWorld();
  expect(await without.runner.notApplicable(STEP, without.state())).toBe(
    "This environment has no monitoring.",
  );
  const { runner, state } = world({});
  expect(await runner.notApplicable(STEP, state())).toBeUndefined();
});
