import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entryPoint } from "../../source/practice/entry-points.ts";
import type { PracticeServer } from "../../source/practice/server.ts";
import { call as callService, type Service, startService } from "./game-client.ts";
import { startForTest, withClient } from "./practice-server.ts";

let server: PracticeServer;
let service: Service;

beforeAll(async () => {
  server = await startForTest();
  // A database that has connections is no template, and the service keeps some.
  await withClient(server, "postgres", (client) =>
    client.query("CREATE DATABASE untouched TEMPLATE ringrift"),
  );
  service = await startService(server, "ringrift");
});

afterAll(async () => {
  service.process.kill();
  await server.close();
});

const call = (method: string, path: string, body?: unknown) =>
  callService(service, { method, path, body });

describe("health and readiness", () => {
  test("the service is well, and ready on the database it was built for", async () => {
    expect(await call("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await call("GET", "/ready")).toMatchObject({
      status: 200,
      body: { status: "ready", checks: { database: "ringrift", migrations: "4 of 4" } },
    });
  });

  test.each([
    ["a lost table", "DROP TABLE moves", /table moves is missing/],
    [
      "a lost migration",
      "DELETE FROM _prisma_migrations WHERE migration_name LIKE '%leaderboard'",
      /leaderboard is not applied/,
    ],
    [
      "another migration",
      "UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name LIKE '%init'",
      /init is another one/,
    ],
    ["a lost table of migrations", "DROP TABLE _prisma_migrations", /_prisma_migrations/],
  ])("it is healthy but not ready with %s", async (name, damage, reason) => {
    const database = name.replaceAll(" ", "_");
    await withClient(server, "postgres", (client) =>
      client.query(`CREATE DATABASE ${database} TEMPLATE untouched`),
    );
    await withClient(server, database, (client) => client.query(damage));
    const damaged = await startService(server, database);
    try {
      expect((await fetch(`${damaged.url}/health`)).status).toBe(200);
      const ready = await fetch(`${damaged.url}/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({
        status: "unavailable",
        reason: expect.stringMatching(reason),
      });
    } finally {
      damaged.process.kill();
    }
  });

  test("without its database it is not ready, and says so", async () => {
    const lost = await startService(server, "nowhere");
    try {
      const ready = await fetch(`${lost.url}/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toContain("nowhere");
    } finally {
      lost.process.kill();
    }
  });
});

describe("what nobody should send", () => {
  test.each([
    ["too much", "POST", "/api/login", JSON.stringify({ email: "a".repeat(20_000) }), 413],
    ["no JSON", "POST", "/api/login", "{", 400],
    ["a wrong method", "DELETE", "/api/login", undefined, 405],
    ["an address that is not there", "GET", "/etc/passwd", undefined, 404],
  ])("%s is refused", async (_, method, path, body, status) => {
    expect((await call(method, path, body)).status).toBe(status);
  });

  test("a form of another site is refused", async () => {
    const response = await fetch(`${service.url}/api/login`, { method: "POST", body: "email=a" });
    expect(response.status).toBe(415);
  });

  test("a name that was made to point here is refused", async () => {
    const status = await new Promise((resolve) => {
      request(`${service.url}/`, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });
});

test("the page loads nothing from elsewhere and runs only its own script", async () => {
  const response = await fetch(service.url);
  const html = await response.text();
  expect(response.headers.get("content-security-policy")).toMatch(
    /default-src 'none'.*script-src 'sha256-/,
  );
  expect(html).toContain('id="game-id"');
  expect(html).not.toMatch(/(?:src|href)=|https?:/);
});

test("SIGTERM ends it in order", async () => {
  const other = await startService(server, "ringrift");
  await fetch(`${other.url}/ready`);
  other.process.kill("SIGTERM");
  const [exit] = await once(other.process, "exit");
  expect(exit).toBe(0);
});

test("it leaves by itself when the practice environment is gone", async () => {
  const directory = mkdtempSync(join(tmpdir(), "practice-gone-"));
  const orphan = await startService({ ...server, directory }, "ringrift");
  rmdirSync(directory);
  const [exit] = await once(orphan.process, "exit");
  expect(exit).toBe(0);
});

test("without DATABASE_URL it says what is missing", async () => {
  const child = spawn(process.execPath, [entryPoint("game-service")], {
    env: {},
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said]: unknown[] = await once(child.stderr, "data");
  const [exit] = await once(child, "exit");
  expect(String(said)).toContain("DATABASE_URL");
  expect(exit).toBe(2);
});
