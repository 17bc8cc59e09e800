/** One practice server for a test file, and clients of it. */
import { Client } from "pg";
import { type PracticeServer, startPracticeServer } from "../../source/practice/server.ts";

export async function startForTest(native?: string): Promise<PracticeServer> {
  const signal = new AbortController().signal;
  const options = native === undefined ? {} : { native };
  const started = await startPracticeServer({ line: () => {}, signal, ...options });
  if (!started.ok) throw new Error(started.problem.message);
  return started.value;
}

/** Connects as the owner, runs `work`, and disconnects. */
export async function withClient<T>(
  server: PracticeServer,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { host, port, user, password } = server;
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows, sequence and migrations of a game database, as one digest a thing. */
export function contentOf(server: PracticeServer, database: string): Promise<unknown> {
  return withClient(server, database, async (client) => {
    const digest = (table: string): string =>
      `(SELECT count(*) || ' ' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM ${table} t) AS "${table}"`;
    const tables = ["users", "games", "moves", "sessions", "_prisma_migrations", "leaderboard"];
    const { rows } = await client.query(
      `SELECT ${tables.map(digest).join(", ")}, (SELECT last_value FROM match_number_seq) AS sequence`,
    );
    return rows[0];
  });
}
