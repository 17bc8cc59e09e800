/** A drill leaves nothing on the primary: no writes, sessions, locks, snapshots or temporary objects. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newHome, runCli, startCli } from "../helpers/cli.ts";
import { livingState } from "../helpers/direct.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { waitFor } from "../helpers/wait-for.ts";

describe.runIf(postgres15Available)("a drill does no harm", () => {
  let server: Postgres15;
  let home: string;
  let config: string;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("game", "owner");
    server.psql(
      `SET ROLE owner; CREATE TABLE games (id serial PRIMARY KEY, name text);
       INSERT INTO games (name) SELECT repeat('game ' || g, 40) FROM generate_series(1, 60000) g;
       SELECT lo_from_bytea(0, 'blob');`,
      "game",
    );
    home = await newHome();
    mkdirSync(join(home, "backups"));
    config = join(home, "restore-drill.yaml");
    writeFileSync(
      config,
      `default: here
environments:
  here:
    target: direct
    host: ${server.host}
    port: ${server.port}
    user: owner
    database: game
    password: \${DRILL_DB_PASSWORD}
    bin: ${server.bin}
    backups: { host: ./backups }
`,
    );
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const env = { DRILL_DB_PASSWORD: "pw" };
  const args = (...more: string[]) => ["--headless", "--json", "--config", config, ...more];

  /** Of the primary; what only reads leaves these as they are. */
  const writes = () => {
    server.psql("SELECT pg_stat_force_next_flush()", "game");
    return server.psql(
      `SELECT tup_inserted, tup_updated, tup_deleted, temp_files, deadlocks, conflicts
       FROM pg_stat_database WHERE datname = 'game'`,
    );
  };
  /** What the drill's role still has on the server, whatever it calls itself. */
  const remains = () =>
    server.psql(
      `SELECT (SELECT count(*) FROM pg_stat_activity WHERE usename = 'owner'),
        (SELECT count(*) FROM pg_locks l WHERE l.pid NOT IN
          (SELECT pid FROM pg_stat_activity WHERE pid = pg_backend_pid()
            OR backend_type <> 'client backend' OR usename = 'postgres')),
        (SELECT count(*) FROM pg_prepared_xacts), (SELECT count(*) FROM pg_replication_slots)`,
    );
  const NOTHING = "0|0|0|0";
  const snapshots = () => readdirSync(join(server.dataDirectory, "pg_snapshots"));
  const temporary = () =>
    server.psql("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^pg_temp_\\d'", "game");
  const gone = () =>
    waitFor(() => {
      expect(remains()).toBe(NOTHING);
      expect(snapshots()).toEqual([]);
    }, 100);
  const drilled = (text: RegExp, stdout: () => string) =>
    waitFor(() => expect(stdout()).toMatch(text), 5);

  /** What it still owes is known, and is undone on demand. */
  const abandon = async (stdout: string) => {
    const id = /drill-\d{8}-\d{6}-\w+/u.exec(stdout)?.[0] ?? "";
    const abandoned = await runCli(["abandon", id, "--config", config], { home, env });
    expect(abandoned.exit, abandoned.stderr).toBe(0);
    expect(server.psql("SELECT count(*) FROM pg_database WHERE datname ~ 'restore'")).toBe("0");
    const left = readdirSync(join(home, "backups"));
    const whole = (name: string) => existsSync(join(home, "backups", `${name}.manifest.json`));
    expect(left.filter((name) => !name.endsWith(".manifest.json") && !whole(name))).toEqual([]);
  };

  it("after a success", async () => {
    const before = { writes: writes(), temporary: temporary() };
    const outcome = await runCli(args(), { home, env });
    expect(outcome.exit, outcome.stderr).toBe(0);
    await gone();
    expect({ writes: writes(), temporary: temporary() }).toEqual(before);
  });

  it("after a failure", async () => {
    const before = writes();
    server.psql("CREATE TABLE secret (a int)", "game");
    const outcome = await runCli(args(), { home, env });
    expect(outcome.exit).not.toBe(0);
    await gone();
    server.psql("DROP TABLE secret", "game");
    expect(writes().split("|").slice(3)).toEqual(before.split("|").slice(3));
  });

  it("killed while its dump hangs: the dump dies with it, and the server lets go", async () => {
    const cli = startCli(args(), { home, env });
    const dump = await waitFor(() => runningDump(home), 1);
    process.kill(dump, "SIGSTOP");
    cli.child.kill("SIGKILL");
    await cli.ended;
    await waitFor(() => expect(livingState(dump)).toBe("gone"));
    await gone();
    await abandon(cli.stdout());
  });

  it.each([
    ["aborted while it dumps", "SIGTERM", /--snapshot/u],
    ["killed while it dumps", "SIGKILL", /--snapshot/u],
    ["killed while it locks", "SIGKILL", /LOCK TABLE ONLY/u],
    ["killed while it restores", "SIGKILL", /"command":"[^"]*psql/u],
  ] as const)("%s (%s)", async (_when, signal, moment) => {
    const before = writes();
    const cli = startCli(args(), { home, env });
    await drilled(moment, cli.stdout);
    cli.child.kill(signal);
    await cli.ended;
    await gone();
    expect(writes()).toBe(before);
    await abandon(cli.stdout());
  });
});

/** The pg_dump that writes below a directory. What ends it with its drill is there before it is. */
function runningDump(directory: string): number {
  const dump = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .find((pid) => {
      const line = commandLine(pid);
      return /^[^\0]*pg_dump\0/u.test(line) && line.includes(`--file=${directory}`);
    });
  if (dump === undefined) throw new Error("no dump is running");
  return Number(dump);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
