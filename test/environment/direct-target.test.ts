import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serverFreeSpace } from "../../source/environment/free-space.ts";
import type { BackupFormat, Target, WorkIo } from "../../source/environment/target.ts";
import { openDirectTarget } from "../../source/environment/targets/direct.ts";
import type { DirectConfig } from "../../source/environment/types.ts";
import type { Connection } from "../../source/postgres/connection.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must, problemOf } from "../helpers/results.ts";

const HOSTILE = [
  'x"; drop database y; --',
  "two\nlines",
  "a=b host=elsewhere",
  "-d --help",
  "it's a \\ 'back'slash",
  "postgresql://other/db",
  "\u001b[31mred\u0007",
  "ünïcödé 🐘",
];
const FORMATS: readonly BackupFormat[] = ["plain", "custom", "directory"];

function recordingIo(signal = new AbortController().signal) {
  const lines: string[] = [];
  const sizes: number[] = [];
  const io: WorkIo = {
    signal,
    line: (stream, text) => lines.push(`${stream}: ${text}`),
    progress: (_label, done) => sizes.push(done),
  };
  return { io, lines, sizes };
}

describe.runIf(postgres15Available)("the direct target", () => {
  let server: Postgres15;
  let owner: Connection & { readonly password: string };
  let home: string;
  let target: Target;
  const opened: Target[] = [];

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    owner = server.createRole("drill owner", "pa'ss wörd\\%&=", "CREATEDB");
    server.createDatabase("primary db", owner.user);
    server.psql(SCHEMA, "primary db");
    home = mkdtempSync(join(tmpdir(), "direct target-"));
    chmodSync(home, 0o755);
    target = await open();
  });
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function config(changes: Partial<DirectConfig> = {}): DirectConfig {
    return {
      name: "local",
      target: "direct",
      production: false,
      project: home,
      backups: { host: home },
      bin: server.bin,
      database: "primary db",
      ...owner,
      ...changes,
    };
  }

  async function open(changes: Partial<DirectConfig> = {}): Promise<Target> {
    const options = { line() {}, signal: new AbortController().signal };
    const value = must(await openDirectTarget(config(changes), options));
    opened.push(value);
    return value;
  }

  async function rows(database: string, sql: string) {
    const session = must(await target.connect({ database, role: "restore", purpose: "test" }));
    const answer = must(await session.query(sql));
    await session.close();
    return answer;
  }

  test("tells which server it reached, and what it offers", async () => {
    expect(target.summary.server.version).toMatch(/^15\./);
    expect(target.summary.server.address).toBe(`127.0.0.1:${server.port}`);
    expect(target.summary.server.systemIdentifier).toBe(
      server.psql("select system_identifier from pg_control_system()"),
    );
    expect(must(await target.formats())).toEqual({ plain: true, custom: true, directory: true });
    expect(target.variables).toMatchObject({ PRIMARY_DB: "primary db", BACKUP_DIR: home });
    expect([...target.capabilities]).toEqual([]);
  });

  describe("databases with hostile names", () => {
    beforeAll(() => {
      for (const [index, name] of HOSTILE.entries()) {
        server.createDatabase(name, owner.user);
        server.psql(
          `create table t (id int); insert into t values (${index}); alter table t owner to "drill owner"`,
          name,
        );
      }
    });

    test.each(FORMATS)("are dumped and restored in the %s format", async (format) => {
      // All of them in the runbook's format, some in the others.
      const names = format === "plain" ? HOSTILE : HOSTILE.slice(0, 3);
      for (const [index, name] of names.entries()) {
        const restored = `${name} ${format} copy`;
        server.createDatabase(restored, owner.user);
        const file = join(home, `- it's "${format}" ${index}\n$(touch x)`);
        const { io } = recordingIo();

        const dumped = must(await target.dump({ database: name, format, file, jobs: 2 }, io));
        const back = await target.restore({ database: restored, format, file }, io);

        expect(dumped.tool).toMatch(/^pg_dump \(PostgreSQL\) 15/);
        expect(must(back).exit).toBe(0);
        expect(await rows(restored, "select id from public.t")).toEqual([{ id: String(index) }]);
        const mode = statSync(file).mode & 0o777;
        expect(mode).toBe(format === "directory" ? 0o700 : 0o600);
      }
      expect(existsSync(join(home, "x"))).toBe(false);
    });
  });

  test("works through the socket directory too", async () => {
    const local = await open({ host: server.socket });
    const file = join(home, "socket.sql");
    must(await local.dump({ database: "primary db", format: "plain", file }, recordingIo().io));
    expect(local.summary.server.address).toContain(server.socket);
    expect(statSync(file).size).toBeGreaterThan(1000);
    expect(local.secretVariables("copy").DATABASE_URL).toContain("?host=%2F");
  });

  test("dumps what a snapshot saw, not what came after", async () => {
    const holder = must(
      await target.connect({
        database: "primary db",
        role: "primary",
        purpose: "hold",
        patient: true,
      }),
    );
    await holder.query("begin isolation level repeatable read");
    const exported = must(await holder.query("select pg_export_snapshot() as id"));
    server.psql("insert into games values (99, 'later')", "primary db");
    server.createDatabase("snapshot copy", owner.user);
    const file = join(home, "snapshot");
    const snapshot = exported[0]?.id ?? "";
    const request = { database: "primary db", format: "directory", file, jobs: 2 } as const;

    must(await target.dump({ ...request, snapshot }, recordingIo().io));
    await holder.close();
    must(await target.restore({ ...request, database: "snapshot copy" }, recordingIo().io));

    expect(await rows("snapshot copy", "select count(*) as n from games where id = 99")).toEqual([
      { n: "0" },
    ]);
  });

  test("never replaces a file that is there, and never restores into the primary", async () => {
    const file = join(home, "kept.sql");
    const request = { database: "primary db", format: "plain", file } as const;
    must(await target.dump(request, recordingIo().io));
    const before = statSync(file);

    expect(problemOf(await target.dump(request, recordingIo().io)).message).toContain(
      "exists already",
    );
    expect(statSync(file)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
    expect(problemOf(await target.restore(request, recordingIo().io)).code).toBe("refused");
  });

  test("stops a restore at the first error and says which", async () => {
    server.createDatabase("stops", owner.user);
    const file = join(home, "broken.sql");
    must(await target.dump({ database: "primary db", format: "plain", file }, recordingIo().io));
    server.psql("create table public.games (id int)", "stops");
    const { io, lines } = recordingIo();
    const problem = problemOf(
      await target.restore({ database: "stops", format: "plain", file }, io),
    );
    expect(problem).toMatchObject({ code: "failed", details: { exit: "3" } });
    expect(problem.message).toContain('relation "games" already exists');
    expect(lines.some((line) => line.startsWith("stderr: psql:"))).toBe(true);
  });

  test.each(FORMATS)("removes the partial %s backup when the dump fails", async (format) => {
    server.psql("create table if not exists forbidden (id int)", "primary db");
    server.psql(
      `alter table forbidden owner to postgres; revoke all on forbidden from public`,
      "primary db",
    );
    const file = join(home, `partial ${format}`);
    const request = { database: "primary db", format, file } as const;
    const problem = problemOf(await target.dump(request, recordingIo().io));
    server.psql("drop table forbidden", "primary db");
    expect(problem.message).toContain("permission denied for table forbidden");
    expect(problem.hint).toContain("allowed to read");
    expect(existsSync(file)).toBe(false);
  });

  test("a cancelled dump leaves neither a file nor a backend", async () => {
    server.psql(
      'create table slow (id int); alter table slow owner to "drill owner"',
      "primary db",
    );
    const blocker = must(
      await target.connect({ database: "primary db", role: "maintenance", purpose: "block" }),
    );
    await blocker.query("begin");
    must(await blocker.query("lock table slow in access exclusive mode"));
    const cancel = new AbortController();
    const file = join(home, "cancelled.sql");
    const request = { database: "primary db", format: "plain", file } as const;
    const dumping = target.dump(request, recordingIo(cancel.signal).io);
    const waiting = () =>
      server.psql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'");
    await vi.waitFor(() => expect(waiting()).toBe("1"), { timeout: 10_000 });
    expect(commandLines()).toContain("cancelled.sql");
    expect(commandLines()).not.toContain(owner.password);

    cancel.abort();

    expect(problemOf(await dumping).code).toBe("interrupted");
    expect(existsSync(file)).toBe(false);
    await vi.waitFor(() => expect(waiting()).toBe("0"), { timeout: 10_000 });
    await blocker.close();
    server.psql("drop table slow", "primary db");
  });

  test("shows no secret in commands, and none reaches a command line", async () => {
    const request = { database: "a\nb", format: "plain", file: "/backups/x y" } as const;
    const shown = target.describeDump(request) + target.describeRestore(request);
    expect(shown).not.toContain(owner.password);
    expect(shown).not.toContain("\n");
    expect(shown).toContain("ON_ERROR_STOP=1");
    expect(target.secrets).toContain(owner.password);
    expect(target.secretVariables("r/d").DATABASE_URL).toBe(
      `postgresql://drill%20owner:pa%27ss%20w%C3%B6rd%5C%25%26%3D@127.0.0.1:${server.port}/r%2Fd`,
    );
  });

  test("a wrong password and a missing database are told apart", async () => {
    const options = { line() {}, signal: new AbortController().signal };
    const wrong = problemOf(await openDirectTarget(config({ password: "nope" }), options));
    expect(wrong.message).toContain('refused the password of user "drill owner"');
    expect(wrong.message).not.toContain("nope");
    const none = problemOf(await openDirectTarget(config({ database: "nix" }), options));
    expect(none.message).toContain('has no database "nix"');
  });

  test("says which formats it cannot do where programs are missing", async () => {
    const bare = await open({ bin: join(home, "no programs") });
    const formats = must(await bare.formats());
    expect(formats.plain).toContain("pg_dump was not found in");
    const file = join(home, "never.sql");
    const request = { database: "primary db", format: "plain", file } as const;
    expect(problemOf(await bare.dump(request, recordingIo().io)).code).toBe("unusable");
    expect(existsSync(file)).toBe(false);
  });

  test("knows the free space of backups and of a server on this host", async () => {
    expect(must(await target.freeSpace("backups")).bytes).toBeGreaterThan(0);
    const superuser = await open({ ...server.superuser });
    for (const each of process.platform === "linux" ? [superuser, target] : []) {
      expect(must(await each.freeSpace("data")).place).toBe(server.dataDirectory);
    }
  });

  test.runIf(process.platform === "linux")(
    "does not guess the disk of a server elsewhere",
    async () => {
      const session = must(
        await target.connect({ database: "primary db", role: "primary", purpose: "test" }),
      );
      const elsewhere = await serverFreeSpace(session, "db.example.com");
      expect(problemOf(elsewhere).message).toContain("another host");
      const container = await serverFreeSpace({ ...session, processId: process.pid }, "127.0.0.1");
      expect(problemOf(container).message).toContain("in a container");
      await session.close();
    },
  );

  test("the read-only guard holds for every session on the primary", async () => {
    const session = must(
      await target.connect({ database: "primary db", role: "restore", purpose: "test" }),
    );
    expect(problemOf(await session.query("create table oops ()")).details?.sqlstate).toBe("25006");
    await session.close();
  });

  test("starts the app against a database and stops it by its recorded facts", async () => {
    const command = `node -e 'require("http").createServer((q, s) => s.end(process.env.DATABASE_URL)).listen(process.env.PORT)'`;
    const withApp = await open({
      app: { port: 3000, health: "/health", ready: "/ready", command },
    });
    expect(withApp.capabilities.has("app")).toBe(true);
    const request = { database: "primary db", port: 0 };
    expect(withApp.describeApp(request)).not.toContain("postgresql://");
    const app = must(await withApp.startApp(request, recordingIo().io));
    const text = await vi.waitFor(async () => (await fetch(app.url)).text(), { timeout: 10_000 });
    expect(text).toContain("/primary%20db");

    const { token: _token, ...facts } = app.undo;
    const recycled = { ...facts, started: "1" };
    expect(must(await withApp.stopProcess(recycled))).toContain("has ended already");
    expect((await fetch(app.url)).status).toBe(200);

    expect(must(await withApp.stopProcess(app.undo))).toContain("was stopped");
    expect((await app.process.exited).signal).toBe("SIGTERM");
    await expect(fetch(app.url)).rejects.toThrow();
    expect(must(await withApp.stopProcess(app.undo))).toContain("has ended already");
  });

  test.runIf(process.platform === "linux")("stops what an app left when it died", async () => {
    const command = "sleep 1000 & echo child $!; wait; true";
    const withApp = await open({ app: { port: 3000, health: "/", ready: "/", command } });
    const { io, lines } = recordingIo();
    const app = must(await withApp.startApp({ database: "primary db", port: 0 }, io));
    await vi.waitFor(() => expect(lines.join()).toContain("child "), { timeout: 10_000 });
    const child = Number(/child (\d+)/.exec(lines.join())?.[1]);
    process.kill(app.process.pid, "SIGKILL");
    await vi.waitFor(() => expect(() => readFileSync(`/proc/${app.process.pid}/stat`)).toThrow());

    expect(must(await withApp.stopProcess(app.undo))).toContain("was stopped");
    expect(livingState(child)).toBe("gone");
  });

  test("a taken port is told before anything starts", async () => {
    const command = "echo started";
    const withApp = await open({ app: { port: 3000, health: "/", ready: "/", command } });
    const request = { database: "primary db", port: server.port };
    const problem = problemOf(await withApp.startApp(request, recordingIo().io));
    expect(problem.message).toContain(`Port ${server.port} on this host is in use`);
  });

  test("without a configured password, it is found where libpq finds it", async () => {
    const { password, ...rest } = config();
    const options = { line() {}, signal: new AbortController().signal };
    vi.stubEnv("PGPASSFILE", join(home, "none"));
    expect(problemOf(await openDirectTarget(rest, options)).message).toContain("wants a password");
    vi.stubEnv("PGPASSWORD", password);
    const fromShell = must(await openDirectTarget(rest, options));
    expect(fromShell.secrets).toEqual([password]);
    vi.stubEnv("PGPASSWORD", "");
    const escaped = owner.password.replaceAll(/[\\:]/g, "\\$&");
    const line = `*:${server.port}:primary db:drill owner:${escaped}\n`;
    writeFileSync(join(home, "pgpass"), `other:*:*:*:no\n${line}`, { mode: 0o600 });
    vi.stubEnv("PGPASSFILE", join(home, "pgpass"));
    const fromFile = must(await openDirectTarget(rest, options));
    expect(fromFile.secrets).toEqual([password]);
    chmodSync(join(home, "pgpass"), 0o644);
    expect((await openDirectTarget(rest, options)).ok).toBe(false);
    vi.unstubAllEnvs();
    await Promise.all([fromShell.close(), fromFile.close()]);
  });

  test("a dump leaves the primary's write counters where they were", async () => {
    const counters = () =>
      server.psql(
        `select tup_inserted, tup_updated, tup_deleted from pg_stat_database where datname = 'primary db'`,
      );
    const before = counters();
    const file = join(home, "counted.dump");
    must(await target.dump({ database: "primary db", format: "custom", file }, recordingIo().io));
    must(await target.freeSpace("backups"));
    expect(counters()).toBe(before);
  });

  test("progress tells the size of the backup, and how much of it was read", async () => {
    const big = "select n, repeat(md5(n::text), 20) as name from generate_series(1, 150000) n";
    server.createDatabase("big", owner.user);
    server.createDatabase("big copy", owner.user);
    server.psql(`create table t as ${big}; alter table t owner to "drill owner"`, "big");
    const file = join(home, "big.sql");
    const work = recordingIo();
    must(await target.dump({ database: "big", format: "plain", file }, work.io));
    const back = recordingIo();
    must(await target.restore({ database: "big copy", format: "plain", file }, back.io));
    if (process.platform === "linux") expect(back.sizes.length).toBeGreaterThan(0);
    expect(Math.max(0, ...back.sizes, ...work.sizes)).toBeLessThanOrEqual(statSync(file).size);
    rmSync(file);
  });
});

/** Of every process; a secret there could be read by anybody on the host. */
function commandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readText(`/proc/${pid}/cmdline`)).join("\n");
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function livingState(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === "" || /\) [ZX] /.test(stat) ? "gone" : "alive";
}

const SCHEMA = `
  create table games (id int primary key, name text);
  insert into games select n, 'game ' || n from generate_series(1, 50) n;
  alter table games owner to "drill owner";
`;
