import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entryPoint } from "../../source/practice/entry-points.ts";
import type { PracticeServer } from "../../source/practice/server.ts";
import { startForTest, withClient } from "./practice-server.ts";

let server: PracticeServer;
let service: Service;

interface Service {
  readonly url: string;
  readonly process: ChildProcess;
}

async function startService(database: string): Promise<Service> {
  const { user, password, host, port } = server;
  const child = spawn(process.execPath, [entryPoint("game-service")], {
    env: {
      ...process.env,
      PORT: "0",
      DATABASE_URL: `postgresql://${user}:${password}@${host}:${port}/${database}`,
      PRACTICE_DIRECTORY: server.directory,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [first]: unknown[] = await once(child.stdout, "data");
  const url = /http:\/\/\S+/.exec(String(first))?.[0];
  if (url === undefined) throw new Error(String(first));
  return { url, process: child };
}

beforeAll(async () => {
  server = await startForTest();
  // A database that has connections is no template, and the service keeps some.
  await withClient(server, "postgres", (client) =>
    client.query("CREATE DATABASE untouched TEMPLATE ringrift"),
  );
  service = await startService("ringrift");
});

afterAll(async () => {
  service.process.kill();
  await server.close();
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  token?: unknown,
): Promise<Answer> {
  const response = await fetch(service.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const parsed: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body: parsed };
}

let players = 0;

interface Player {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

function newPlayer(): Player {
  players += 1;
  const username = `player_of_test_${players}`;
  return { username, email: `${username}@example.org`, password: "long enough" };
}

/** A registered player's token. */
async function register(player = newPlayer()): Promise<unknown> {
  const { body } = await call("POST", "/api/register", player);
  return body.token;
}

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
    const damaged = await startService(database);
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
    const lost = await startService("nowhere");
    try {
      const ready = await fetch(`${lost.url}/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toContain("nowhere");
    } finally {
      lost.process.kill();
    }
  });
});

describe("accounts", () => {
  test("a player registers once, logs in, and asks for a new password", async () => {
    const player = newPlayer();
    const { email, password } = player;
    expect(await call("POST", "/api/register", player)).toMatchObject({
      status: 201,
      body: { user: { username: player.username } },
    });
    expect(await call("POST", "/api/register", player)).toMatchObject({
      status: 409,
      body: { error: "taken" },
    });
    expect(
      await call("POST", "/api/login", { email: email.toUpperCase(), password }),
    ).toMatchObject({ status: 200, body: { user: { username: player.username } } });
    expect(await call("POST", "/api/login", { email, password: "wrong" })).toMatchObject({
      status: 401,
    });
    expect(await call("POST", "/api/forgot-password", { email })).toMatchObject({ status: 202 });
    const stored = await withClient(server, "ringrift", async (client) => {
      const { rows } = await client.query(
        `SELECT u."passwordHash" AS hash, count(r.*)::int AS resets FROM users u LEFT JOIN password_resets r ON r."userId" = u.id WHERE u.email = $1 GROUP BY 1`,
        [email],
      );
      return rows[0];
    });
    expect(stored).toEqual({
      hash: expect.stringMatching(/^scrypt\$16384\$8\$1\$[0-9a-f]{32}\$[0-9a-f]{64}$/),
      resets: 1,
    });
  });

  test("an address nobody has gets the same answers", async () => {
    const email = "nobody@example.org";
    const known = newPlayer();
    await register(known);
    expect(await call("POST", "/api/forgot-password", { email })).toEqual(
      await call("POST", "/api/forgot-password", { email: known.email }),
    );
    expect(await call("POST", "/api/login", { email, password: "x" })).toEqual(
      await call("POST", "/api/login", { email: known.email, password: "x" }),
    );
  });

  test.each([
    ["no address", { email: "nonsense" }],
    ["a short password", { password: "short" }],
    ["a name with a quote", { username: "x'; DROP TABLE users; --" }],
    ["an unknown field", { role: "ADMIN" }],
    ["a name that is no text", { username: { $ne: "" } }],
  ])("%s is refused", async (_, part) => {
    expect(await call("POST", "/api/register", { ...newPlayer(), ...part })).toMatchObject({
      status: 422,
      body: { error: "invalid" },
    });
  });
});

describe("games", () => {
  test("are played against the house, and every move is in the database", async () => {
    const token = await register();
    const { status, body: game } = await call("POST", "/api/games", {}, token);
    expect(status).toBe(201);
    expect(game).toMatchObject({ status: "ACTIVE", moves: 0, winner: null });
    const path = `/api/games/${game.id}`;
    const played = await call("POST", `${path}/moves`, { row: 0, column: 0 }, token);
    expect(played).toMatchObject({ status: 200, body: { moves: 2 } });
    expect(await call("GET", path, undefined, token)).toEqual(played);
    expect(await call("POST", `${path}/moves`, { row: 0, column: 0 }, token)).toMatchObject({
      status: 409,
      body: { error: "cell-taken" },
    });
    const rows = await withClient(server, "ringrift", async (client) => {
      const moves = await client.query(
        `SELECT "moveNumber", position FROM moves WHERE "gameId" = $1 ORDER BY 1`,
        [game.id],
      );
      return moves.rows;
    });
    expect(rows).toEqual([
      { moveNumber: 1, position: { row: 0, column: 0 } },
      { moveNumber: 2, position: { row: 2, column: 2 } },
    ]);
  });

  test("end, and take no more moves", async () => {
    const token = await register();
    let { body: game } = await call("POST", "/api/games", {}, token);
    while (game.status === "ACTIVE" && Array.isArray(game.board)) {
      const cell = game.board.indexOf(null);
      const move = { row: Math.floor(cell / 5), column: cell % 5 };
      game = (await call("POST", `/api/games/${game.id}/moves`, move, token)).body;
    }
    expect(game).toMatchObject({ status: "COMPLETED" });
    const late = await call("POST", `/api/games/${game.id}/moves`, { row: 4, column: 4 }, token);
    expect(late).toMatchObject({ status: 409, body: { error: "game-over" } });
  });

  test("two moves at the same moment are both kept, or one refused, never mixed", async () => {
    const token = await register();
    const { body: game } = await call("POST", "/api/games", {}, token);
    const move = (column: number) =>
      call("POST", `/api/games/${game.id}/moves`, { row: 0, column }, token);
    const replies = await Promise.all([move(0), move(0), move(1), move(1)]);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(await call("GET", `/api/games/${game.id}`, undefined, token)).toMatchObject({
      body: { moves: 4 },
    });
  });

  test("are for their player only", async () => {
    const { body: game } = await call("POST", "/api/games", {}, await register());
    const path = `/api/games/${game.id}`;
    expect(await call("GET", path, undefined, await register())).toMatchObject({ status: 404 });
    expect(await call("GET", path)).toMatchObject({ status: 401 });
    expect(await call("GET", path, undefined, "x".repeat(43))).toMatchObject({ status: 401 });
  });

  test.each([
    { row: 5, column: 0 },
    { row: -1, column: 0 },
    { row: 0.5, column: 0 },
    { row: "0", column: 0 },
    { row: 0 },
    { row: 0, column: 0, x: 1 },
  ])("a move of %j is refused", async (move) => {
    const token = await register();
    const { body: game } = await call("POST", "/api/games", {}, token);
    expect(await call("POST", `/api/games/${game.id}/moves`, move, token)).toMatchObject({
      status: 422,
    });
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
  const other = await startService("ringrift");
  await fetch(`${other.url}/ready`);
  other.process.kill("SIGTERM");
  const [exit] = await once(other.process, "exit");
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
