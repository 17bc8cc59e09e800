/** From method and path to a reply. */
import type { z } from "zod";
import {
  authenticate,
  credentials,
  forgotPassword,
  forgotten,
  login,
  register,
  registration,
  type User,
} from "./accounts.ts";
import type { Database } from "./database.ts";
import { createGame, getGame, moveInput, noInput, playMove } from "./games.ts";
import { readiness } from "./readiness.ts";
import { type Reply, refusal, reply } from "./reply.ts";
import { tokenSubject } from "./tokens.ts";

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** Parsed JSON; reads the body only when a route wants it. */
  body(): Promise<unknown>;
}

interface Call {
  readonly database: Database;
  readonly request: ServiceRequest;
  /** What the path's pattern caught. */
  readonly id: string;
}

type Route = readonly [method: string, path: RegExp, run: (call: Call) => Promise<Reply>];

const ROUTES: readonly Route[] = [
  ["GET", /^\/health$/, () => Promise.resolve(reply(200, health()))],
  ["GET", /^\/ready$/, ({ database }) => readiness(database)],
  [
    "GET",
    /^\/api\/token$/,
    async ({ request }) => tokenSubject(request.authorization, process.env.JWT_SECRET ?? ""),
  ],
  ["GET", /^\/api\/leaderboard$/, ({ database }) => leaderboard(database)],
  ["POST", /^\/api\/register$/, (call) => withInput(call, registration, register)],
  ["POST", /^\/api\/login$/, (call) => withInput(call, credentials, login)],
  ["POST", /^\/api\/forgot-password$/, (call) => withInput(call, forgotten, forgotPassword)],
  [
    "POST",
    /^\/api\/games$/,
    (call) =>
      asPlayer(call, (player) =>
        withInput(call, noInput, (database) => createGame(database, player)),
      ),
  ],
  [
    "GET",
    /^\/api\/games\/([\w-]{1,64})$/,
    (call) => asPlayer(call, (player) => getGame(call.database, call.id, player)),
  ],
  [
    "POST",
    /^\/api\/games\/([\w-]{1,64})\/moves$/,
    (call) =>
      asPlayer(call, (player) =>
        withInput(call, moveInput, (database, move) =>
          playMove(database, move, { id: call.id, player }),
        ),
      ),
  ],
];

export function answer(database: Database, request: ServiceRequest): Promise<Reply> {
  const here = ROUTES.filter(([, path]) => path.test(request.path));
  const route = here.find(([method]) => method === request.method);
  if (route === undefined) {
    const known = here.length > 0;
    return Promise.resolve(
      known
        ? refusal(405, "wrong-method", `${request.path} is for ${here[0]?.[0]}.`)
        : refusal(404, "no-such-page", "There is nothing at that address."),
    );
  }
  const id = route[1].exec(request.path)?.[1] ?? "";
  return route[2]({ database, request, id });
}

async function asPlayer(call: Call, run: (player: User) => Promise<Reply>): Promise<Reply> {
  const player = await authenticate(call.database, call.request.authorization);
  return player === undefined
    ? refusal(401, "not-authenticated", "Register or log in first.")
    : run(player);
}

async function withInput<Input>(
  call: Call,
  schema: z.ZodType<Input>,
  run: (database: Database, input: Input) => Promise<Reply>,
): Promise<Reply> {
  const input = schema.safeParse(await call.request.body());
  if (input.success) return run(call.database, input.data);
  const issue = input.error.issues[0];
  const place = issue?.path.join(".") ?? "";
  return refusal(422, "invalid", `${place === "" ? "The body" : place}: ${issue?.message}`);
}

function health(): Reply["body"] {
  return {
    status: "ok",
    service: "ringrift-practice",
    uptimeSeconds: Math.round(process.uptime()),
  };
}

async function leaderboard(database: Database): Promise<Reply> {
  const players = await database.query<{ username: string; rating: number; wins: string }>(
    "SELECT username, rating, wins FROM leaderboard LIMIT 5",
  );
  return reply(200, { players: players.map((row) => ({ ...row, wins: Number(row.wins) })) });
}
