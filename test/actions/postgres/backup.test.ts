import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { fileUndoer } from "../../../source/actions/undo-file.ts";
import type { Target } from "../../../source/environment/target.ts";
import { claimPath } from "../../../source/postgres/backup-name.ts";
import { freeze } from "../../../source/postgres/freezer.ts";
import { manifestPath, readManifest } from "../../../source/postgres/manifest-file.ts";
import type { Session } from "../../../source/postgres/session.ts";
import { takeDump } from "../../../source/postgres/take-dump.ts";
import { watchBlocked } from "../../../source/postgres/watch-blocked.ts";
import { ok, type Problem } from "../../../source/problem.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must, problemOf } from "../../helpers/results.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { openPlace, type Place, record } from "./support.ts";

const PRIMARY = "primary";
const INPUT = { format: "plain", prefix: "staging_drill_" } as const;

describe.runIf(postgres15Available)("taking a backup", () => {
  let server: Postgres15;
  let place: Place;
  let others: Session[] = [];

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase(PRIMARY, "owner");
    server.psql(
      `SET ROLE owner;
      CREATE TABLE games (id bigserial PRIMARY KEY, name text);
      INSERT INTO games (name) SELECT 'game ' || g FROM generate_series(1, 100) g;
      CREATE TABLE moves (id int);
      INSERT INTO moves VALUES (1), (2);`,
      PRIMARY,
    );
    place = await openPlace(server, owner, PRIMARY);
  });
  afterEach(async () => {
    await Promise.all(others.map((session) => session.close()));
    others = [];
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  /** Somebody else on the primary, who may write. */
  const somebody = async () => {
    const session = must(
      await place.target.connect({ database: PRIMARY, role: "maintenance", purpose: "somebody" }),
    );
    others.push(session);
    return session;
  };
  const files = () =>
    existsSync(place.target.backupDirectory) ? readdirSync(place.target.backupDirectory) : [];
  const drillSessions = () =>
    server.psql(
      `SELECT string_agg(application_name, ', ') FROM pg_stat_activity WHERE application_name ~ '^(restore-drill|pg_dump)' AND application_name <> 'restore-drill somebody'`,
    );
  const manifestOf = async (file: string | undefined) => must(await readManifest(file ?? ""));

  it("holds what was there at its snapshot, while the primary takes writes", async () => {
    const writer = await somebody();
    const { context } = record(place.target, {
      async onCommand(text) {
        if (!text.includes("--snapshot")) return;
        must(
          await writer.query("INSERT INTO games (name) SELECT 'late' FROM generate_series(1, 7)"),
        );
        must(await writer.query("DELETE FROM moves"));
      },
    });
    const made = await backupAction.run(INPUT, context);
    must(await writer.query("DELETE FROM games WHERE name = 'late'"));
    must(await writer.query("INSERT INTO moves VALUES (1), (2)"));
    expect(made).toMatchObject({ ok: true });
    const manifest = await manifestOf(made.values?.BACKUP_FILE);
    expect(manifest?.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ["games", 100],
      ["moves", 2],
    ]);
    // Sequences ignore snapshots: what the archive holds lies between these.
    expect(manifest?.sequences[0]).toMatchObject({
      name: "games_id_seq",
      from: { value: "100" },
      to: { value: "107" },
    });
  });

  it("tells rows done of those the server estimates, so that time left can be told", async () => {
    server.psql("ANALYZE", PRIMARY);
    const run = record(place.target);
    expect(await backupAction.run(INPUT, run.context)).toMatchObject({ ok: true });
    const rows = run.progress.filter(([, , , unit]) => unit === "rows");
    expect(rows.map(([label]) => label)).toEqual(rows.map(() => expect.stringMatching(/^Finger/u)));
    expect(rows.map(([, , total]) => total)).toEqual(rows.map(() => 102));
    expect(rows.at(-1)?.[1]).toBe(102);
  });

  const truncateAndWait = async (writer: Session) => {
    const truncated = writer.query("TRUNCATE moves");
    await waitFor(() =>
      expect(
        server.psql(`SELECT wait_event_type FROM pg_stat_activity WHERE pid = ${writer.processId}`),
      ).toBe("Lock"),
    );
    return { truncated };
  };

  it("keeps a TRUNCATE waiting until the dump is done", async () => {
    const writer = await somebody();
    let waiting: Awaited<ReturnType<typeof truncateAndWait>> | undefined;
    const target: Target = {
      ...place.target,
      async dump(request, io) {
        const dumped = await place.target.dump(request, io);
        waiting = await truncateAndWait(writer);
        return dumped;
      },
    };
    const made = await backupAction.run(INPUT, record(target).context);
    must(await (waiting?.truncated ?? Promise.reject(new Error("not truncated"))));
    must(await writer.query("INSERT INTO moves VALUES (1), (2)"));
    expect(made).toMatchObject({ ok: true });
    const manifest = await manifestOf(made.values?.BACKUP_FILE);
    expect(manifest?.tables.find(({ name }) => name === "moves")?.rows).toBe(2);
  });

  it("gives way to a TRUNCATE that comes before the dump has its own locks", async () => {
    const writer = await somebody();
    let waiting: Awaited<ReturnType<typeof truncateAndWait>> | undefined;
    const file = join(place.target.backupDirectory, "gave-way.sql");
    const taken = await takeDump(place.target, {
      request: { database: PRIMARY, format: "plain", file },
      io: { signal: new AbortController().signal, line: () => {}, progress: () => {} },
      patienceSeconds: 0.3,
      async starting() {
        waiting = await truncateAndWait(writer);
      },
    });
    must(await (waiting?.truncated ?? Promise.reject(new Error("not truncated"))));
    must(await writer.query("INSERT INTO moves VALUES (1), (2)"));
    expect(problemOf(taken).message).toContain("The backup was given up: restore-drill somebody");
    await waitFor(() => expect(drillSessions()).toBe(""));
  });

  it("is not trusted when a schema is renamed under it", async () => {
    const before = files();
    server.psql("SET ROLE owner; CREATE SCHEMA old; CREATE TABLE old.t (a int)", PRIMARY);
    const target: Target = {
      ...place.target,
      async dump(request, io) {
        const dumped = await place.target.dump(request, io);
        await waitFor(() => expect(run.lines.join()).toContain("Rows of every table are read"));
        server.psql("ALTER SCHEMA old RENAME TO new", PRIMARY);
        return dumped;
      },
    };
    const run = record(target);
    const made = await backupAction.run(INPUT, run.context);
    server.psql("SET client_min_messages = warning; DROP SCHEMA new CASCADE", PRIMARY);
    expect(made.ok ? "" : made.problem.message).toContain("renamed, moved or dropped");
    expect(files()).toEqual(before);
  });

  it("names tables that appear while it runs, and does not claim them", async () => {
    const { context } = record(place.target, {
      onCommand(text) {
        if (text.includes("--snapshot")) server.psql("CREATE TABLE late (a int)", PRIMARY);
      },
    });
    const made = await backupAction.run(INPUT, context);
    server.psql("DROP TABLE late", PRIMARY);
    expect(made.checks).toContainEqual(
      expect.objectContaining({ status: "info", observed: "public.late" }),
    );
    const manifest = await manifestOf(made.values?.BACKUP_FILE);
    expect(manifest?.tables.map(({ name }) => name)).toEqual(["games", "moves"]);
    expect(manifest?.notCovered.join()).toContain("public.late");
  });

  it("leaves nothing when it is cancelled, on disk or on the server", async () => {
    const before = files();
    const run = record(place.target, {
      onCommand(text) {
        if (text.includes("--snapshot")) run.abort();
      },
    });
    const made = await backupAction.run(INPUT, run.context);
    expect(made).toMatchObject({ ok: false, problem: { code: "interrupted" } });
    expect(files()).toEqual(before);
    expect(run.resources).toMatchObject([{ kind: "file", status: "released" }]);
    await waitFor(() => expect(drillSessions()).toBe(""));
  });

  it("fails and leaves nothing when the dump fails", async () => {
    const before = files();
    server.psql(
      "SET client_min_messages = warning; CREATE SCHEMA secret; CREATE TABLE secret.t (a int)",
      PRIMARY,
    );
    const run = record(place.target);
    const made = await backupAction.run(INPUT, run.context);
    server.psql("SET client_min_messages = warning; DROP SCHEMA secret CASCADE", PRIMARY);
    expect(made).toMatchObject({ ok: false });
    expect(made.ok ? "" : made.problem.message).toMatch(/permission denied/u);
    expect(files()).toEqual(before);
    await waitFor(() => expect(drillSessions()).toBe(""));
  });

  it("fails when the session that holds the snapshot is ended", async () => {
    const before = files();
    const run = record(place.target, {
      onCommand(text) {
        if (!text.includes("--snapshot")) return;
        server.psql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'restore-drill snapshot'",
        );
      },
    });
    const made = await backupAction.run(INPUT, run.context);
    expect(made).toMatchObject({ ok: false });
    expect(files()).toEqual(before);
  });

  it("gives up on tables that somebody holds exclusively, and says who", async () => {
    const holder = await somebody();
    must(await holder.query("SET application_name = 'a migration'"));
    must(await holder.query("BEGIN"));
    must(await holder.query("LOCK TABLE games IN ACCESS EXCLUSIVE MODE"));
    const notes: string[] = [];
    const frozen = await freeze(place.target, {
      signal: new AbortController().signal,
      lockSeconds: 0.1,
      attempts: 2,
      note: (text) => void notes.push(text),
    });
    expect(problemOf(frozen).message).toContain(`a migration (pid ${holder.processId})`);
    expect(notes).toHaveLength(2);
    await waitFor(() => expect(drillSessions()).toBe(""));
  });

  it("notices who waits for its locks, and gives up politely", async () => {
    const freezer = must(
      await freeze(place.target, { signal: new AbortController().signal, note: () => {} }),
    );
    const waiting = await somebody();
    must(await waiting.query("SET application_name = 'a migration'"));
    const altered = waiting.query("ALTER TABLE games ADD COLUMN extra int");
    const problem = await new Promise<Problem>((resolve) => {
      watchBlocked(place.target, {
        holder: freezer.processId,
        patienceSeconds: 0.2,
        onTooLong: resolve,
      });
    });
    expect(problem.message).toContain(
      `a migration (user owner, pid ${waiting.processId}, ALTER TABLE)`,
    );
    await freezer.release();
    must(await altered);
    must(await waiting.query("ALTER TABLE games DROP COLUMN extra"));
  });

  it("ends what else holds locks with it, when it gives way", async () => {
    const freezer = must(
      await freeze(place.target, {
        signal: new AbortController().signal,
        patienceSeconds: 0.3,
        note: () => {},
      }),
    );
    const reader = must(
      await place.target.connect({ database: PRIMARY, role: "primary", purpose: "fingerprint" }),
    );
    must(await reader.query("BEGIN READ ONLY"));
    must(await reader.query("LOCK TABLE games IN ACCESS SHARE MODE"));
    const waiting = await somebody();
    must(await waiting.query("SET application_name = 'a migration'"));
    must(await waiting.query("ALTER TABLE games ALTER COLUMN name DROP DEFAULT"));
    await Promise.all([reader.closed, freezer.closed]);
    expect(freezer.gaveWay()?.message).toContain("ALTER TABLE");
    await freezer.release();
  });

  describe("before the drill", () => {
    const preflight = async (target: Target) =>
      (await backupAction.preflight?.(INPUT, record(target).context)) ?? [];
    const at = (backupDirectory: string): Target => ({ ...place.target, backupDirectory });

    it("finds nothing wrong with a directory that is there, or whose parent is", async () => {
      expect(await preflight(place.target)).toEqual([]);
      expect(await preflight(at(join(place.project, "not-yet")))).toEqual([]);
      expect(existsSync(join(place.project, "not-yet"))).toBe(false);
    });

    it("names a directory that cannot be", async () => {
      const file = join(place.project, "a-file");
      writeFileSync(file, "");
      expect((await preflight(at(file)))[0]?.message).toContain("is not a directory");
      expect((await preflight(at(join(place.project, "no", "such"))))[0]?.message).toContain(
        "does not exist and cannot be made",
      );
      expect((await preflight(at(join(file, "below"))))[0]?.code).toBe("unusable");
      rmSync(file);
    });

    it("names too little space, and a format that cannot be made", async () => {
      const target: Target = {
        ...place.target,
        freeSpace: async () => ok({ bytes: 1000, place: "/small" }),
        formats: async () => ok({ plain: "pg_dump was not found", custom: true, directory: true }),
      };
      const problems = await preflight(target);
      expect(problems.map(({ code }) => code)).toEqual(["unusable", "unusable"]);
      expect(problems[0]?.message).toContain("pg_dump was not found");
      expect(problems[1]?.message).toContain("1.00 kB in /small");
      const run = record({ ...target, formats: place.target.formats });
      const made = await backupAction.run(INPUT, run.context);
      expect(made).toMatchObject({ ok: false, problem: { code: "unusable" } });
      expect(run.resources).toEqual([]);
    });
  });

  describe("interrupted by a crash", () => {
    const crashed = async () => {
      const run = record(place.target, {
        onCommand(text) {
          if (text.includes("--snapshot")) throw new Error("crash");
        },
      });
      await expect(backupAction.run(INPUT, run.context)).rejects.toThrow("crash");
      const [resource] = run.resources;
      if (resource === undefined) throw new Error("nothing registered");
      expect(resource).toMatchObject({ kind: "file", status: "owed" });
      const path = resource.undo.path ?? "";
      return { run, resource, path };
    };

    it("leaves an unfinished file that the cleanup removes", async () => {
      const { run, resource, path } = await crashed();
      writeFileSync(path, "half a dump");
      expect(await fileUndoer.undo(resource, run.context)).toEqual({ ok: true, how: "removed" });
      expect(existsSync(path)).toBe(false);
    });

    it("after its manifest was written is a backup, and stays", async () => {
      const { run, resource, path } = await crashed();
      writeFileSync(path, "a dump");
      writeFileSync(manifestPath(path), "{}");
      expect(await fileUndoer.undo(resource, run.context)).toMatchObject({ ok: true });
      expect(existsSync(path)).toBe(true);
    });

    it("leaves a file of that name that another drill is writing", async () => {
      const { run, resource, path } = await crashed();
      writeFileSync(path, "another drill's dump");
      writeFileSync(claimPath(path), "drill-of-somebody-else");
      expect(await fileUndoer.undo(resource, run.context)).toMatchObject({ ok: true });
      expect(existsSync(path)).toBe(true);
    });

    it("is no reason to remove anything else", async () => {
      const { run, resource } = await crashed();
      const path = join(place.project, "precious_20261122_143000.sql");
      writeFileSync(path, "precious");
      const outcome = await fileUndoer.undo({ ...resource, undo: { path } }, run.context);
      expect(outcome).toMatchObject({ ok: false, problem: { code: "refused" } });
      expect(existsSync(path)).toBe(true);
    });
  });

  it("makes its directory where only the parent is there", async () => {
    const backupDirectory = join(place.project, "fresh");
    const made = await backupAction.run(
      INPUT,
      record({ ...place.target, backupDirectory }).context,
    );
    expect(made).toMatchObject({ ok: true });
    expect(made.values?.BACKUP_FILE).toContain(backupDirectory);
  });
});
