/** The sessions of a target: read-only on the primary whoever asks, and closed with it. */
import { openSession } from "../../postgres/connect.ts";
import type { Connection } from "../../postgres/connection.ts";
import type { Session, SessionOptions } from "../../postgres/session.ts";
import type { Result } from "../../problem.ts";
import { readServerFacts, type ServerFacts } from "../server-facts.ts";
import type { Target } from "../target.ts";

export interface Sessions {
  readonly connect: Target["connect"];
  readonly connectAs: NonNullable<Target["connectAs"]>;
  closeAll(): Promise<void>;
}

export function sessionsOf(connection: Connection, primary: string): Sessions {
  const open = new Set<Session>();
  const connectBy = async (by: Connection, options: SessionOptions) => {
    const session = await openSession(by, primaryGuarded(options, primary));
    if (session.ok) {
      const opened = session.value;
      open.add(opened);
      void opened.closed.then(() => open.delete(opened));
    }
    return session;
  };
  return {
    connect: (options) => connectBy(connection, options),
    connectAs: (login, options) => connectBy({ ...connection, ...login }, options),
    async closeAll() {
      await Promise.all([...open].map((session) => session.close()));
    },
  };
}

/** Whoever asks: a session on the primary is a read-only one. */
function primaryGuarded<T extends { readonly database: string; readonly role: string }>(
  options: T,
  primary: string,
): T {
  return options.database === primary && options.role === "restore"
    ? { ...options, role: "primary" }
    : options;
}

export async function lookAtPrimary(
  connection: Connection,
  database: string,
  signal: AbortSignal,
): Promise<Result<ServerFacts>> {
  const options = { database, role: "primary", purpose: "look" } as const;
  const session = await openSession(connection, options, signal);
  if (!session.ok) return session;
  const facts = await readServerFacts(session.value, connection);
  await session.value.close();
  return facts;
}
