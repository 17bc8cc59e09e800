import { expect, it } from "vitest";
import type { JsonValue } from "../../../source/checklist/types.ts";
import { serveHttp } from "../../helpers/http-server.ts";
import { stepWorld } from "../../helpers/step-world.ts";
import { usesStep } from "../../helpers/uses-step.ts";

async function check(inputs: Readonly<Record<string, JsonValue>>) {
  const world = stepWorld();
  const outcome = await world.runner.run(usesStep("http/check", inputs), world.context);
  return { world, outcome, checks: outcome.report.checks };
}

const HEALTH = {
  status: "healthy",
  checks: { database: { status: "up", "p 95": 3 } },
  list: [1, 2],
};

function health() {
  return serveHttp((_request, answer) => answer.end(JSON.stringify(HEALTH)));
}

it("passes on the expected status and a part of the JSON, and shows the answer", async () => {
  const url = await health();
  const json = { status: "healthy", checks: { database: { status: "up" } }, list: [1, 2] };
  const { outcome, checks, world } = await check({ url, json });
  expect(outcome.status).toBe("passed");
  expect(checks.map(({ title, status }) => [title, status])).toEqual([
    ["Status", "passed"],
    ["JSON", "passed"],
  ]);
  expect(world.commands).toEqual([`GET ${url}`]);
  expect(world.texts().join("")).toContain("healthy");
});

it("tells every difference with its path", async () => {
  const url = await health();
  const json = {
    status: "degraded",
    checks: { database: { "p 95": "3" }, redis: { status: "up" } },
    list: [1, 5, 6],
  };
  const { outcome, checks } = await check({ url, json });
  expect(outcome.status).toBe("failed");
  expect(checks.slice(1)).toEqual([
    { title: "$.status", status: "failed", expected: '"degraded"', observed: '"healthy"' },
    { title: '$.checks.database["p 95"]', status: "failed", expected: '"3"', observed: "3" },
    { title: "$.checks.redis", status: "failed", expected: '{"status":"up"}', observed: "nothing" },
    { title: "$.list.length", status: "failed", expected: "3", observed: "2" },
    { title: "$.list[1]", status: "failed", expected: "5", observed: "2" },
  ]);
});

it.each([
  [
    { status: "ok", checks: { database: { status: "UP" }, queue: "q" } },
    "passed",
    ["passed", "passed"],
  ],
  [
    { status: "ready", checks: [{ name: "database", healthy: false }] },
    "failed",
    ["passed", "failed"],
  ],
  [{ status: "not ready" }, "failed", ["failed"]],
  [{ status: "degraded" }, "failed", ["failed"]],
  [{ ready: true, status: "pondering" }, "passed", ["passed", "warning"]],
  [{ service: "game" }, "passed", ["info"]],
  [[], "passed", ["info"]],
])("answers 200 and says %j of itself: %s", async (body, status, told) => {
  const url = await serveHttp((_request, answer) => answer.end(JSON.stringify(body)));
  const { outcome, checks } = await check({ url, healthy: true });
  expect(outcome.status).toBe(status);
  expect(checks.slice(1).map((one) => one.status)).toEqual(told);
});

it("takes an answer that is not JSON, or nests without end, by its status alone", async () => {
  for (const body of ["fine", `${"[".repeat(5000)}${"]".repeat(5000)}`]) {
    const url = await serveHttp((_request, answer) => answer.end(body));
    const { outcome, checks } = await check({ url, healthy: true });
    expect(outcome.status).toBe("passed");
    expect(checks.map((one) => one.status)).toEqual(["passed", "info"]);
  }
});

it("does not take an inherited property for one of the answer", async () => {
  const url = await health();
  const { checks } = await check({ url, json: { constructor: { name: "Object" } } });
  expect(checks[1]).toMatchObject({ title: "$.constructor", observed: "nothing" });
});

it.each([
  ["<html>", "a body that is not JSON"],
  ["", "an empty body"],
])("says when the body is %j", async (body, observed) => {
  const url = await serveHttp((_request, answer) => answer.end(body));
  const { outcome, checks } = await check({ url, json: { a: 1 } });
  expect(outcome.status).toBe("failed");
  expect(checks[1]).toMatchObject({ observed });
});

it("survives JSON nested deeper than the stack", async () => {
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const url = await serveHttp((_request, answer) => answer.end(deep));
  const { checks } = await check({ url, json: { a: 1 } });
  expect(checks[1]).toMatchObject({ title: "$.a", status: "failed" });
});

it("fails on another status, and can expect one", async () => {
  const url = await serveHttp((_request, answer) => answer.writeHead(503).end("no"));
  const { outcome, checks } = await check({ url });
  expect(outcome.status).toBe("failed");
  expect(checks).toEqual([{ title: "Status", status: "failed", expected: "200", observed: "503" }]);
  expect((await check({ url, status: "503" })).outcome.status).toBe("passed");
});

it("follows redirects on the same host only", async () => {
  const other = await serveHttp((_request, answer) => answer.end("other"));
  const url = await serveHttp((request, answer) => {
    const to = { "/away": `${other}/x`, "/near": "/here", "/loop": "/loop" }[request.url ?? ""];
    if (to === undefined) answer.end("here");
    else answer.writeHead(302, { location: to }).end();
  });
  expect((await check({ url: `${url}/near` })).outcome.status).toBe("passed");
  const away = await check({ url: `${url}/away` });
  expect(away.outcome.status).toBe("failed");
  expect(away.checks[0]?.observed).toBe(`302 (redirects to another host: ${other}/x)`);
  expect((await check({ url: `${url}/loop` })).outcome).toMatchObject({
    failure: { message: expect.stringContaining("redirects more than 5 times") },
  });
});

it("says that nothing listens", async () => {
  const { outcome } = await check({ url: "http://127.0.0.1:1/health" });
  expect(outcome).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining("connection refused") },
  });
});

it("gives up on an answer without end", async () => {
  const url = await serveHttp((_request, answer) => {
    const more = () => void (answer.destroyed || answer.write("x".repeat(65_536), more));
    more();
  });
  expect((await check({ url })).outcome).toMatchObject({
    failure: { message: expect.stringContaining("more than 1 MiB") },
  });
});

it("stops waiting when cancelled", async () => {
  const world = stepWorld();
  const url = await serveHttp(() => world.cancel("enough"));
  const outcome = await world.runner.run(usesStep("http/check", { url }), world.context);
  expect(outcome).toMatchObject({ status: "interrupted", reason: "enough" });
});

it.each([
  ["ftp://127.0.0.1/x", "is not an http or https address"],
  ["127.0.0.1:4000", "is not an http or https address"],
  ["http://user:secret@127.0.0.1/", "holds a user name or password"],
])("refuses %s", async (url, message) => {
  const { outcome } = await check({ url });
  expect(outcome).toMatchObject({ failure: { message: expect.stringContaining(message) } });
  expect(JSON.stringify(outcome)).not.toContain("secret@");
});
