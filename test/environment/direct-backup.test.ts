import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BackupFormat, Target } from "../../source/environment/target.ts";
import { commandLines, type DirectLab, openDirectLab, recordingIo } from "../helpers/direct.ts";
import { postgres15Available } from "../helpers/postgres15.ts";
import { must, problemOf } from "../helpers/results.ts";
import { waitFor } from "../helpers/wait-for.ts";

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

describe.runIf(postgres15Available)("backups of the direct target", () => {
  let lab: DirectLab;
  let server: DirectLab["server"];
  let owner: DirectLab["owner"];
  let home: string;
  let target: Target;

  beforeAll(async () => {
    lab = await openDirectLab();
    ({ server, owner, home, target } = lab);
  });
  afterAll(() => lab.close());

  async function rows(database: string, sql: string) {
    const session = must(await target.connect({ database, role: "restore", purpose: "test" }));
    const answer = must(await session.query(sql));
    await session.close();
    return answer;
  }

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
    const local = await lab.open({ host: server.socket });
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
    await waitFor(() => expect(waiting()).toBe("1"));
    expect(commandLines()).toContain("cancelled.sql");
    expect(commandLines()).not.toContain(owner.password);

    cancel.abort();

    expect(problemOf(await dumping).code).toBe("interrupted");
    expect(existsSync(file)).toBe(false);
    await waitFor(() => expect(waiting()).toBe("0"));
    await blocker.close();
    server.psql("drop table slow", "primary db");
  });

  test("a cancelled restore does not go on in the server", async () => {
    server.createDatabase("stopped", owner.user);
    const file = join(home, "slow.sql");
    writeFileSync(file, "select pg_sleep(600);\n");
    const cancel = new AbortController();
    const request = { database: "stopped", format: "plain", file } as const;
    const restoring = target.restore(request, recordingIo(cancel.signal).io);
    const sleeping = () =>
      server.psql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'");
    await waitFor(() => expect(sleeping()).toBe("1"));

    cancel.abort();

    expect(problemOf(await restoring).code).toBe("interrupted");
    await waitFor(() => expect(sleeping()).toBe("0"));
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
