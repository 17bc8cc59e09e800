/** The practice game as its players reach it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { entryPoint } from "../../source/practice/entry-points.ts";
import type { PracticeServer } from "../../source/practice/server.ts";

export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
}

export async function startService(server: PracticeServer, database: string): Promise<Service> {
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

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Question {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON, or as it is when it is text. */
  readonly body?: unknown;
  readonly token?: unknown;
}

export async function call(service: Service, question: Question): Promise<Answer> {
  const { method, path, body, token } = question;
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

export interface Player {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export function newPlayer(): Player {
  players += 1;
  const username = `player_of_test_${players}`;
  return { username, email: `${username}@example.org`, password: "long enough" };
}

/** A registered player's token. */
export async function register(service: Service, player = newPlayer()): Promise<unknown> {
  const { body } = await call(service, { method: "POST", path: "/api/register", body: player });
  return body.token;
}
