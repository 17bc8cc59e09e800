import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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
    server = await startPostgres15();
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

  test.each(FORMATS)(
    "dumps and restores %s backups of databases with hostile names",
    async (format) => {
      for (const [index, name] of HOSTILE.entries()) {
        const primary = `${name} ${format}`;
        const restored = `${name} ${format} copy`;
        server.createDatabase(primary, owner.user);
        server.createDatabase(restored, owner.user);
        server.psql(`create table t (id int); insert into t values (${index});`, primary);
        server.psql(`alter table t owner to "drill owner"`, primary);
        const file = join(home, `- it's "${format}" ${index}\n$(touch x)`);
        const { io } = recordingIo();

        const dumped = must(await target.dump({ database: primary, format, file, jobs: 2 }, io));
        const back = await target.restore({ database: restored, format, file }, io);

        expect(dumped.tool).toMatch(/^pg_dump \(PostgreSQL\) 15/);
        expect(must(back).exit).toBe(0);
        expect(await rows(restored, "select id from public.t")).toEqual([{ id: String(index) }]);
        const mode = statSync(file).mode & 0o777;
        expect(mode).toBe(format === "directory" ? 0o700 : 0o600);
      }
      expect(existsSync(join(home, "x"))).toBe(false);
    },
  );

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
    const data = await superuser.freeSpace("data");
    if (process.platform === "linux") expect(must(data).place).toBe(server.dataDirectory);
    expect(problemOf(await target.freeSpace("data")).message).toContain("may not ask");
  });

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

    const recycled = { ...app.undo, started: "1" };
    expect(must(await withApp.stopProcess(recycled))).toContain("has ended already");
    expect((await fetch(app.url)).status).toBe(200);

    expect(must(await withApp.stopProcess(app.undo))).toContain("was stopped");
    expect((await app.process.exited).signal).toBe("SIGTERM");
    await expect(fetch(app.url)).rejects.toThrow();
    expect(readdirSync(home)).not.toContain("nohup.out");
  });
});

const SCHEMA = `
  create table games (id int primary key, name text);
  insert into games select n, 'game ' || n from generate_series(1, 50) n;
  alter table games owner to "drill owner";
`;
