/** Creates and starts a PostgreSQL cluster in a directory of its own. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fail, ok, type Result } from "../problem.ts";
import type { Binaries } from "./binaries.ts";
import { giveTo, type RunAs } from "./run-as.ts";
import { stopServer } from "./teardown.ts";
import { interrupted, runTool } from "./tool.ts";
import type { Watchdog } from "./watchdog.ts";

export interface ClusterRequest {
  readonly binaries: Binaries;
  /** Private directory, owned by the user; gets `data`, `socket` and `server.log`. */
  readonly directory: string;
  readonly user: RunAs;
  /** Of the superuser `postgres`. */
  readonly password: string;
  readonly watchdog: Watchdog;
  readonly signal: AbortSignal;
}

export interface Cluster {
  readonly port: number;
  readonly socketDirectory: string;
}

const START_MS = 30_000;
const POLL_MS = 10;
const PORT_ATTEMPTS = 5;
/** The kernel's limit for a socket's path, with room for `/.s.PGSQL.65535`. */
const LONGEST_SOCKET_DIRECTORY = 85;

/**
 * For practice only: the data are made up and thrown away, so nothing is flushed to disk, and no
 * background job may move the primary's write counters. Never settings for a server that matters.
 */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  max_connections: "60",
  dynamic_shared_memory_type: "mmap",
  listen_addresses: "127.0.0.1",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  cluster_name: "restore-drill practice",
} as const;

export async function createCluster(request: ClusterRequest): Promise<Result<string>> {
  const passwordFile = join(request.directory, "superuser-password");
  writeFileSync(passwordFile, `${request.password}\n`, { mode: 0o600, flag: "wx" });
  giveTo(passwordFile, request.user);
  let group = 0;
  const outcome = await runTool({
    program: join(request.binaries.bin, "initdb"),
    arguments: [
      `--pgdata=${join(request.directory, "data")}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
      ...Object.entries(SETTINGS).map(([name, value]) => `--set=${name}=${value}`),
    ],
    directory: request.directory,
    environment: request.binaries.environment,
    user: request.user,
    signal: request.signal,
    started: (pid) => {
      group = pid;
      request.watchdog.watch(pid);
    },
  });
  request.watchdog.ended(group);
  writeFileSync(passwordFile, "");
  return outcome;
}

export async function startCluster(request: ClusterRequest): Promise<Result<Cluster>> {
  const socketDirectory = join(request.directory, "socket");
  mkdirSync(socketDirectory, { mode: 0o700 });
  giveTo(socketDirectory, request.user);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const started = await startOn(port, socketDirectory, request);
    if (started.ok) return ok({ port, socketDirectory });
    // Somebody else may have taken the port between the look and the start.
    const taken = started.problem.message.includes("could not bind");
    if (!taken || attempt === PORT_ATTEMPTS || request.signal.aborted) return started;
  }
}

async function startOn(
  port: number,
  socketDirectory: string,
  request: ClusterRequest,
): Promise<Result<void>> {
  const data = join(request.directory, "data");
  const log = join(request.directory, "server.log");
  const logFile = openSync(log, "w", 0o600);
  const sockets = socketDirectory.length <= LONGEST_SOCKET_DIRECTORY ? socketDirectory : "";
  const child = spawn(
    join(request.binaries.bin, "postgres"),
    ["-D", data, "-p", String(port), "-c", `unix_socket_directories=${sockets}`],
    {
      cwd: request.directory,
      env: { ...request.binaries.environment },
      stdio: ["ignore", logFile, logFile],
      // A session of its own: Ctrl-C in the terminal is for the drill, which stops this in order.
      detached: true,
      ...request.user,
    },
  );
  closeSync(logFile);
  let ended: string | undefined;
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (exit, signal) => {
    ended ??= `ended with ${signal ?? `exit ${exit}`}`;
  });
  child.unref();
  const deadline = Date.now() + START_MS;
  while (ended === undefined && !request.signal.aborted && Date.now() < deadline) {
    if (isReady(data)) return ok(undefined);
    await pause(POLL_MS);
  }
  await stopServer(data);
  if (request.signal.aborted) return interrupted();
  return fail({
    code: "unusable",
    message: `The practice server did not start (${ended ?? "no answer in 30 s"}): ${tail(log)}`,
    hint: "Check free space and memory, or use an environment of your own in restore-drill.yaml.",
  });
}

/** The eighth line of postmaster.pid is its status, which pg_ctl reads too. */
function isReady(data: string): boolean {
  return tail(join(data, "postmaster.pid")).split("\n")[7]?.trim() === "ready";
}

function tail(file: string): string {
  try {
    return readFileSync(file, "utf8").slice(-2_000).trim();
  } catch {
    return "";
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
