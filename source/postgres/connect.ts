/** Opens sessions over `pg`: text values, read-only where the primary is concerned, no surprises. */
import { Socket } from "node:net";
import { Client, type ClientConfig, type QueryResult } from "pg";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { Connection } from "./connection.ts";
import { connectionProblem, NO_TLS } from "./connection-problem.ts";
import { showName, validateName } from "./identifiers.ts";
import { queryProblem } from "./query-problem.ts";
import type { Row, Session, SessionOptions } from "./session.ts";
import { tlsAttempts, tlsRefused } from "./tls.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** How the server finds out about a client that died with its host or its network. */
export const DEAD_CLIENT_SETTINGS: readonly string[] = [
  "tcp_keepalives_idle=30",
  "tcp_keepalives_interval=10",
  "tcp_keepalives_count=3",
  "tcp_user_timeout=60000",
];

/**
 * Since 14, where the server's system can do it, a session in the middle of a long statement or a
 * wait for a lock finds out that its client is gone. Refused elsewhere.
 */
export const NOTICE_DEAD_CLIENT =
  "SELECT pg_catalog.set_config('client_connection_check_interval', '2000', false)";

/** Errors: unreachable, refused, wrong password, no such database, and so on, each with a hint. */
export async function openSession(
  connection: Connection,
  options: SessionOptions,
  signal?: AbortSignal,
): Promise<Result<Session>> {
  const named = validateName(options.database, "database name");
  if (!named.ok) return named;
  const connected = await connectClient(connection, options, signal);
  if (!connected.ok) return connected;
  const session = sessionOver(connected.value, connection, options);
  const prepared = await prepare(session, options);
  if (prepared.ok) return ok(session);
  await session.close();
  return prepared;
}

async function prepare(session: Session, options: SessionOptions): Promise<Result<unknown>> {
  if (options.role === "primary") {
    const verified = await verifyReadOnly(session, options);
    if (!verified.ok) return verified;
  }
  // Refused by older servers, which find out when the statement is done.
  await session.query(NOTICE_DEAD_CLIENT);
  return options.patient === true ? session.query(NEWER_TIMEOUTS_OFF) : ok(null);
}

/** Servers before 14 and 17 know no such settings: at start-up they would refuse the session. */
const NEWER_TIMEOUTS_OFF = `SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
  WHERE name IN ('idle_session_timeout', 'transaction_timeout')`;

interface Connected {
  readonly client: Client;
  readonly socket: Socket;
}

async function connectClient(
  connection: Connection,
  options: SessionOptions,
  signal: AbortSignal | undefined,
): Promise<Result<Connected>> {
  const tried: Problem[] = [];
  for (const ssl of tlsAttempts(connection)) {
    if (signal?.aborted) return fail(interrupted(options));
    const socket = new Socket();
    const client = new Client({ ...clientConfig(connection, options), ssl, stream: () => socket });
    // A server that dies says so here; whoever waits for a query hears it from the query.
    client.on("error", () => {});
    const stop = () => socket.destroy(new Error("interrupted"));
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await client.connect();
      return ok({ client, socket });
    } catch (error) {
      socket.destroy();
      if (signal?.aborted) return fail(interrupted(options));
      tried.push(connectionProblem(error, { connection, database: options.database }));
      if (!tlsRefused(error)) break;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
  return fail(mostTelling(tried) ?? interrupted(options));
}

/** A refused password tells more than a refused way to connect, and that more than its absence. */
function mostTelling(tried: readonly Problem[]): Problem | undefined {
  const rank = (problem: Problem) => ["28000", NO_TLS].indexOf(problem.details?.sqlstate ?? "");
  return tried.toSorted((a, b) => rank(a) - rank(b))[0];
}

function interrupted(options: SessionOptions): Problem {
  return { code: "interrupted", message: `Connecting for ${options.purpose} was interrupted.` };
}

function clientConfig(connection: Connection, options: SessionOptions): ClientConfig {
  const { host, port, user, password } = connection;
  return {
    host,
    port,
    user,
    database: options.database,
    // A function, because an absent password must not be looked for elsewhere.
    password: () => password ?? "",
    options: startupOptions(options),
    application_name: `restore-drill ${options.purpose}`.replaceAll("\0", ""),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    client_encoding: "UTF8",
    keepAlive: true,
    types: { getTypeParser: () => asText },
  };
}

function asText(value: string): string {
  return value;
}

/** Set at startup: they win over settings of the role and the database, and no statement is needed. */
function startupOptions(options: SessionOptions): string {
  // A limit meant for the app's short statements must not end a long comparison.
  const settings = ["client_min_messages=warning", "statement_timeout=0"];
  settings.push(...DEAD_CLIENT_SETTINGS);
  if (options.role === "primary") settings.push("default_transaction_read_only=on");
  if (options.patient === true) {
    settings.push("lock_timeout=0", "idle_in_transaction_session_timeout=0");
  }
  return settings.map((setting) => `-c ${setting}`).join(" ");
}

async function verifyReadOnly(session: Session, options: SessionOptions): Promise<Result<null>> {
  const shown = await session.query("SHOW default_transaction_read_only");
  if (!shown.ok) return shown;
  if (shown.value[0]?.default_transaction_read_only === "on") return ok(null);
  return fail({
    code: "refused",
    message: `The session on the primary ${showName(options.database)} did not become read-only.`,
    hint: "A connection pooler may drop start-up options: connect to the server itself.",
  });
}

function sessionOver(
  { client, socket }: Connected,
  connection: Connection,
  options: SessionOptions,
): Session {
  const closed = new Promise<void>((resolve) => {
    client.once("end", resolve);
    client.once("error", () => resolve());
  });
  let ending: Promise<void> | undefined;
  const processId = backendOf(client);
  return {
    processId,
    closed,
    async query(sql, values) {
      try {
        const given = values === undefined ? {} : { values: [...values] };
        return ok(lastRows(await client.query<Row>({ text: sql, ...given })));
      } catch (error) {
        return fail(queryProblem(error, { connection, options }));
      }
    },
    cancel: () => cancelBackend(connection, options, processId),
    close() {
      ending ??= endClient(client, socket);
      return ending;
    },
  };
}

/** A server that does not answer any more must not keep the drill from ending. */
async function endClient(client: Client, socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS);
  await client.end().catch(() => {});
  clearTimeout(timer);
}

/** Typings of `pg` leave it out; it is the first column of pg_stat_activity's rows. */
function backendOf(client: Client): number {
  return "processID" in client && typeof client.processID === "number" ? client.processID : 0;
}

/** Several statements in one text give several results; the last one counts. */
function lastRows(results: QueryResult<Row> | readonly QueryResult<Row>[]): readonly Row[] {
  return ("rows" in results ? results : results.at(-1))?.rows ?? [];
}

async function cancelBackend(
  connection: Connection,
  options: SessionOptions,
  processId: number,
): Promise<void> {
  const other = await openSession(connection, { ...options, patient: false, purpose: "cancel" });
  if (!other.ok) return;
  await other.value.query("SELECT pg_catalog.pg_cancel_backend($1)", [processId]);
  await other.value.close();
}
