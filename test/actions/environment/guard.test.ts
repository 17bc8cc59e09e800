import { afterEach, expect, it, vi } from "vitest";
import type { Target } from "../../../source/environment/target.ts";
import { stepWorld } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

afterEach(() => void vi.unstubAllEnvs());

function guard(given: Partial<Target> = {}) {
  const world = stepWorld({ target: given });
  return world.runner.run(usesStep("environment/guard"), world.context);
}

const { summary } = stepWorld().target;

it("passes in an environment that says nothing of production", async () => {
  vi.stubEnv("NODE_ENV", "test");
  expect(await guard()).toMatchObject({
    status: "passed",
    report: { checks: [{ observed: "environment local, database ringrift on 127.0.0.1:5432" }] },
  });
});

it.each<[string, Partial<Target>, string]>([
  ["the mark", { production: true }, "production: true"],
  ["the name", { summary: { ...summary, name: "eu-prod" } }, '"prod"'],
  ["the database", { summary: { ...summary, database: "game_production" } }, '"production"'],
  [
    "the server",
    { summary: { ...summary, server: { ...summary.server, address: "db.live.example.com:5432" } } },
    '"live"',
  ],
  ["monitoring", { variables: { GRAFANA_URL: "https://grafana.prod.example.com" } }, '"prod"'],
])("refuses production told by %s", async (_title, given, told) => {
  vi.stubEnv("NODE_ENV", "test");
  const outcome = await guard(given);
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining(told) },
  });
});

it("refuses production told by the shell", async () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(await guard()).toMatchObject({
    status: "failed",
    report: { checks: [{ status: "failed", observed: expect.stringContaining("NODE_ENV") }] },
  });
});

it("takes practice for what it is, wherever the shell points", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const outcome = await guard({ summary: { ...summary, target: "practice" } });
  expect(outcome.status).toBe("passed");
});
