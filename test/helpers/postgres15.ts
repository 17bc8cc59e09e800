/** A private PostgreSQL 15 server for one test file. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../source/postgres/connection.ts";
import {
  makeCluster,
  POSTGRES15_BIN,
  quietEnvironment,
  SUPERUSER,
  type UnixIds,
  unprivileged,
} from "./cluster15.ts";

export { POSTGRES15_BIN } from "./cluster15.ts";

/** Say why when it is false: `describe.runIf(postgres15Available)`. */
export const postgres15Available = ["initdb", "postgres", "psql", "pg_dump", "pg_restore"].every(
  (tool) => existsSync(join(POSTGRES15_BIN, tool)),
);
if (!postgres15Available && process.env.REQUIRE_POSTGRES15 === "1") {
  throw new Error(`PostgreSQL 15 is required here, and is not in ${POSTGRES15_BIN}.`);
}
if (!postgres15Available) {
  console.warn(
    `Tests against a real server are left out: PostgreSQL 15 is not in ${POSTGRES15_BIN} (apt-get install postgresql-15).`,
  );
}

export interface Postgres15Options {
  /** Lines for postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines that come before the default ones in pg_hba.conf. */
  readonly hba?: readonly string[];
  /** The data directory is there, and nobody serves it yet. */
  readonly beforeStart?: (dataDirectory: string) => void;
}

export interface Postgres15 {
  readonly bin: string;
  /** 127.0.0.1; passwords are demanded. */
  readonly host: string;
  readonly port: number;
  /** Socket directory; passwords are demanded there too. */
  readonly socket: string;
  readonly dataDirectory: string;
  readonly superuser: { readonly user: string; readonly password: string };
  /** The superuser over TCP. */
  readonly connection: Connection & { readonly password: string };
  /** Creates a login role; the options are SQL (`CREATEDB`). */
  createRole(
    name: string,
    password: string,
    options?: string,
  ): Connection & { readonly password: string };
  createDatabase(name: string, owner?: string): void;
  /** Unaligned rows, columns separated by `|`. As the superuser; throws when a statement fails. */
  psql(sql: string, database?: string): string;
  /** SIGKILL to the postmaster and its children: a crash. */
  crash(): void;
  stop(): Promise<void>;
}

export async function startPostgres15(options: Postgres15Options = {}): Promise<Postgres15> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-pg15-"));
  const ids = unprivileged();
  const dataDirectory = join(home, "data");
  const socket = join(home, "socket");
  mkdirSync(socket);
  if (ids !== undefined) for (const path of [home, socket]) chownSync(path, ids.uid, ids.gid);
  makeCluster(home, ids);
  configure(dataDirectory, options);
  options.beforeStart?.(dataDirectory);
  return serve({ home, dataDirectory, socket, ids });
}

/** A hot standby of a server that lets `replication` in (see `hba`); it streams. */
export async function startStandby15(primary: Postgres15): Promise<Postgres15> {
  return serve(
    homeWith("standby", (dataDirectory, run) => baseBackup(primary, dataDirectory, run, ["-R"])),
  );
}

/** The home of a base backup of a server that lets `replication` in; nothing runs in it. */
export function baseBackup15(primary: Postgres15): string {
  return homeWith("backup", (dataDirectory, run) => baseBackup(primary, dataDirectory, run, []))
    .home;
}

/** A server of its own, on a copy of a base backup. */
export async function startCopy15(backup: string): Promise<Postgres15> {
  return serve(
    homeWith("copy", (dataDirectory) => {
      execFileSync("cp", ["-a", join(backup, "data"), dataDirectory]);
    }),
  );
}

type Run = { readonly home: string; readonly ids: UnixIds };

function homeWith(what: string, fill: (dataDirectory: string, run: Run) => void): Serving {
  const home = mkdtempSync(join(tmpdir(), `restore-drill-pg15-${what}-`));
  const ids = unprivileged();
  const dataDirectory = join(home, "data");
  const socket = join(home, "socket");
  mkdirSync(socket);
  if (ids !== undefined) for (const path of [home, socket]) chownSync(path, ids.uid, ids.gid);
  fill(dataDirectory, { home, ids });
  return { home, dataDirectory, socket, ids };
}

function baseBackup(
  primary: Postgres15,
  dataDirectory: string,
  { home, ids }: Run,
  more: readonly string[],
): void {
  const { host, port, user, password } = primary.connection;
  execFileSync(
    join(POSTGRES15_BIN, "pg_basebackup"),
    ["-D", dataDirectory, ...more, "--checkpoint=fast", "--no-sync"],
    {
      ...{ ...ids, cwd: home, stdio: ["ignore", "ignore", "pipe"] },
      env: {
        ...{ ...quietEnvironment(), PGHOST: host, PGPORT: String(port) },
        ...{ PGUSER: user, PGPASSWORD: password },
      },
    },
  );
}

interface Serving {
  readonly home: string;
  readonly dataDirectory: string;
  readonly socket: string;
  readonly ids: UnixIds;
}

async function serve({ home, dataDirectory, socket, ids }: Serving): Promise<Postgres15> {
  const port = await freePort();
  const server = spawn(
    join(POSTGRES15_BIN, "postgres"),
    ["-D", dataDirectory, "-p", String(port), "-c", `unix_socket_directories=${socket}`],
    { ...ids, cwd: home, env: quietEnvironment(), stdio: ["ignore", "ignore", "pipe"] },
  );
  const kill = () => server.kill("SIGQUIT");
  process.once("exit", kill);
  await ready(server);

  const connection = { host: "127.0.0.1", port, ...SUPERUSER };
  const psql = (sql: string, database = "postgres") => runPsql({ connection, sql, database });
  return {
    bin: POSTGRES15_BIN,
    host: "127.0.0.1",
    port,
    socket,
    dataDirectory,
    superuser: SUPERUSER,
    connection,
    psql,
    createRole(name, password, extra = "") {
      psql(`CREATE ROLE ${ident(name)} LOGIN PASSWORD ${literal(password)} ${extra}`);
      return { host: "127.0.0.1", port, user: name, password };
    },
    createDatabase(name, owner = SUPERUSER.user) {
      psql(`CREATE DATABASE ${ident(name)} OWNER ${ident(owner)} TEMPLATE template0`);
    },
    crash() {
      server.kill("SIGKILL");
    },
    async stop() {
      process.off("exit", kill);
      if (server.exitCode === null && server.signalCode === null) {
        const gone = once(server, "exit");
        kill();
        await gone;
      }
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function configure(dataDirectory: string, options: Postgres15Options): void {
  const settings = {
    listen_addresses: "127.0.0.1",
    fsync: "off",
    max_connections: "40",
    log_min_messages: "log",
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${literal(value)}\n`);
  writeFileSync(join(dataDirectory, "postgresql.auto.conf"), lines.join(""));
  const hba = [
    ...(options.hba ?? []),
    "local all all scram-sha-256",
    "host all all 127.0.0.1/32 scram-sha-256",
  ];
  writeFileSync(join(dataDirectory, "pg_hba.conf"), `${hba.join("\n")}\n`);
}

async function ready(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on("data", (chunk: Buffer) => {
      if (log.length > 1_000_000) return;
      log += chunk.toString("utf8");
      if (/ready to accept (?:read-only )?connections/u.test(log)) resolve();
    });
    server.once("exit", () => reject(new Error(`PostgreSQL 15 did not start:\n${log}`)));
  });
}

function runPsql(request: {
  readonly connection: Connection & { readonly password: string };
  readonly sql: string;
  readonly database: string;
}): string {
  const { host, port, user, password } = request.connection;
  const dbname = request.database.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return execFileSync(
    join(POSTGRES15_BIN, "psql"),
    ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", `dbname='${dbname}'`, "-f", "-"],
    {
      encoding: "utf8",
      input: request.sql,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...quietEnvironment(),
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: user,
        PGPASSWORD: password,
      },
    },
  ).trimEnd();
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
