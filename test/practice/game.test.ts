import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PracticeServer } from "../../source/practice/server.ts";
import {
  call as callService,
  newPlayer,
  register as registerAt,
  type Service,
  startService,
} from "./game-client.ts";
import { startForTest, withClient } from "./practice-server.ts";

let server: PracticeServer;
let service: Service;

beforeAll(async () => {
  server = await startForTest();
  service = await startService(server, "ringrift");
});

afterAll(async () => {
  service.process.kill();
  await server.close();
});

const call = (method: string, path: string, body?: unknown, token?: unknown) =>
  callService(service, { method, path, body, token });
const register = (player = newPlayer()) => registerAt(service, player);

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
