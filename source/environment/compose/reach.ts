/** From this host to the server in a container: by the published port, else by its address. */
import { addressOf, type Connection } from "../../postgres/connection.ts";
import { fail, type Problem, type Result } from "../../problem.ts";
import type { ServerFacts } from "../server-facts.ts";
import { lookAtPrimary } from "../targets/sessions.ts";
import type { ContainerFacts } from "./container.ts";

const DEFAULT_PORT = 5432;

export type Login = Pick<Connection, "user" | "password">;

/** Where the server listens in its container. */
export function ownPort({ environment }: ContainerFacts): number {
  return Number(environment.PGPORT ?? "") || DEFAULT_PORT;
}

/** In the order they are tried; empty when the container cannot be reached from here. */
export function waysTo(container: ContainerFacts, login: Login): readonly Connection[] {
  const port = ownPort(container);
  const published = container.ports
    .filter((one) => one.container === port && one.hostPort > 0)
    .map(({ hostIp, hostPort }) => ({ host: reachable(hostIp), port: hostPort, ...login }));
  const { address } = container;
  const own = address === undefined ? [] : [{ host: address, port, ...login }];
  const seen = new Set<string>();
  return [...published, ...own].filter((way) => {
    const known = seen.has(addressOf(way));
    seen.add(addressOf(way));
    return !known;
  });
}

/** What listens everywhere is reached on this very host. */
function reachable(hostIp: string): string {
  if (hostIp === "" || hostIp === "0.0.0.0") return "127.0.0.1";
  return hostIp === "::" ? "::1" : hostIp;
}

export interface Reached {
  readonly connection: Connection;
  readonly facts: ServerFacts;
}

export interface Reaching {
  readonly container: ContainerFacts;
  readonly login: Login;
  readonly database: string;
  readonly signal: AbortSignal;
}

/** Errors: none of the ways leads to the server; of several, the first one's reason is told. */
export async function reachServer(reaching: Reaching): Promise<Result<Reached>> {
  const { container, login, database, signal } = reaching;
  let first: Problem | undefined;
  for (const connection of waysTo(container, login)) {
    const facts = await lookAtPrimary(connection, database, signal);
    if (facts.ok) return { ok: true, value: { connection, facts: facts.value } };
    first ??= facts.problem;
    // A server that answered has said why; only silence is worth another way.
    if (!/^E[A-Z]+$/.test(facts.problem.details?.sqlstate ?? "")) return facts;
  }
  return fail(first ?? noWay(container));
}

function noWay({ name, service }: ContainerFacts): Problem {
  return {
    code: "unusable",
    message: `The server in container ${name} cannot be reached from this host: no port is published, and it has no address of its own.`,
    hint: `Publish its port (\`ports: ["127.0.0.1:5432:5432"]\` of service ${service}).`,
  };
}
