/** The service's connections. Every statement has its values apart from its text. */
import { Pool, type PoolClient, type QueryResultRow } from "pg";

export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Rolled back when `work` throws. */
  transaction<T>(work: (query: Database["query"]) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openDatabase(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 3_000,
    statement_timeout: 5_000,
    application_name: "ringrift game service",
  });
  // An idle connection that breaks is replaced by the next query, which also tells of trouble.
  pool.on("error", () => {});
  return {
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        return await inTransaction(client, work);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  client: PoolClient,
  work: (query: Database["query"]) => Promise<T>,
): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work(async (text, values = []) => {
      return (await client.query(text, [...values])).rows;
    });
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
