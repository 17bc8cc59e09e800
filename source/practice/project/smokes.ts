/** Smokes that play against a running app, at APP_URL. */

const CLIENT = `import { randomBytes } from "node:crypto";

const base = process.env.APP_URL || "http://localhost:3000";

/** Ends the smoke when the answer has another status than expected. */
export async function call(method, path, { body, token, expected }) {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: "Bearer " + token }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  }).catch((error) => stop(method + " " + base + path + ": " + (error.cause?.message || error.cause?.code || error.message)));
  const text = await response.text();
  if (response.status !== expected) {
    stop(method + " " + path + ": expected " + expected + ", got " + response.status + " " + text.trim().slice(0, 300));
  }
  return JSON.parse(text);
}

export function newPlayer() {
  const name = "smoke_" + randomBytes(6).toString("hex");
  return { username: name, email: name + "@drill.example", password: randomBytes(12).toString("base64url") };
}

export function stop(reason) {
  console.error("FAIL " + reason);
  process.exit(1);
}
`;

const AUTH = `import { call, newPlayer, stop } from "./client.mjs";

const player = newPlayer();
const { email, password } = player;
await call("POST", "/api/register", { body: player, expected: 201 });
console.log("ok   register " + player.username);
await call("POST", "/api/register", { body: player, expected: 409 });
console.log("ok   the same player twice is refused");
await call("POST", "/api/login", { body: { email, password: "wrong " + password }, expected: 401 });
console.log("ok   a wrong password is refused");
const { token, user } = await call("POST", "/api/login", { body: { email, password }, expected: 200 });
if (user.username !== player.username) stop("login gave another user: " + user.username);
console.log("ok   login");
await call("POST", "/api/games", { body: {}, expected: 401 });
console.log("ok   no game without a token");
await call("POST", "/api/games", { body: {}, token, expected: 201 });
console.log("ok   a game with the token");
await call("POST", "/api/forgot-password", { body: { email }, expected: 202 });
console.log("ok   forgot-password");
console.log("test-auth: all good");
`;

const LOAD = `import { call, newPlayer, stop } from "./client.mjs";

const players = Number(process.env.LOAD_PLAYERS || 4);
const gamesEach = Number(process.env.LOAD_GAMES || 3);
const times = [];

async function timed(method, path, options) {
  const started = performance.now();
  const reply = await call(method, path, options);
  times.push(performance.now() - started);
  return reply;
}

async function playGame(token) {
  let game = await timed("POST", "/api/games", { body: {}, token, expected: 201 });
  while (game.status === "ACTIVE") {
    const cell = game.board.indexOf(null);
    const body = { row: Math.floor(cell / 5), column: cell % 5 };
    game = await timed("POST", "/api/games/" + game.id + "/moves", { body, token, expected: 200 });
  }
  const read = await timed("GET", "/api/games/" + game.id, { token, expected: 200 });
  if (read.moves !== game.moves || read.status !== "COMPLETED") stop("game " + game.id + " reads back differently");
  return game.moves;
}

async function playAll() {
  const { token } = await timed("POST", "/api/register", { body: newPlayer(), expected: 201 });
  let moves = 0;
  for (let game = 0; game < gamesEach; game += 1) moves += await playGame(token);
  return moves;
}

const moves = await Promise.all(Array.from({ length: players }, playAll));
const sorted = times.sort((a, b) => a - b);
const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
console.log(players * gamesEach + " games, " + moves.reduce((sum, count) => sum + count, 0) + " moves, " + times.length + " requests");
console.log("median " + at(0.5) + " ms, 95 % within " + at(0.95) + " ms");
console.log("load:orchestrator:smoke: all good");
`;

/** Finds the Node that restore-drill itself runs on, and falls back to the host's. */
const TEST_AUTH = `#!/usr/bin/env bash
# Registers, logs in and asks for a new password at APP_URL (default http://localhost:3000).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
node="$here/../node_modules/.bin/node"
[ -x "$node" ] || node=node
exec "$node" "$here/test-auth.mjs"
`;

export const SMOKES: Readonly<Record<string, string>> = {
  "scripts/client.mjs": CLIENT,
  "scripts/test-auth.mjs": AUTH,
  "scripts/test-auth.sh": TEST_AUTH,
  "scripts/load-smoke.mjs": LOAD,
};
