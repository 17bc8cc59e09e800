import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ActionResult } from "../../../source/actions/action.ts";
import { inspectAction } from "../../../source/actions/backup/inspect.ts";
import { analyzeAction } from "../../../source/actions/postgres/analyze.ts";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { tablesMatchAction } from "../../../source/actions/postgres/tables-match.ts";
import { manifestPath } from "../../../source/postgres/manifest-file.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, type Recorded, record } from "./support.ts";

const PRIMARY = "primary";
const database = "restored";

describe.runIf(postgres15Available)("restoring and proving", () => {
  let server: Postgres15;
  let place: Place;
  let run: Recorded;
  const backups: Record<"plain" | "custom" | "directory", string> = {
    plain: "",
    custom: "",
    directory: "",
  };

  beforeAll(async () => {
    server = await startPostgres15();
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase(PRIMARY, "owner");
    server.psql(
      `SET ROLE owner;
      CREATE TABLE games (id bigserial PRIMARY KEY, name text);
      INSERT INTO games (name) SELECT 'game ' || g FROM generate_series(1, 2000) g;
      CREATE TABLE moves (id int);
      INSERT INTO moves VALUES (1), (2);`,
      PRIMARY,
    );
    place = await openPlace(server, owner, PRIMARY);
    for (const format of ["plain", "custom", "directory"] as const) {
      const made = await backupAction.run({ format, prefix: "b_" }, record(place.target).context);
      backups[format] = made.values?.BACKUP_FILE ?? "";
    }
  });
  beforeEach(() => {
    run = record(place.target, { variables: { BACKUP_FILE: backups.plain } });
  });
  afterEach(async () => {
    server.psql(
      `SET client_min_messages = warning; DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
    );
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  const create = async () =>
    expect(await createRestoreDatabaseAction.run({ database }, run.context)).toMatchObject({
      ok: true,
    });
  const restore = (file: string) => restoreAction.run({ file, database }, run.context);
  const prove = (file = backups.plain) => proveAction.run({ file, database }, run.context);
  const failedChecks = (result: ActionResult) =>
    result.checks.filter(({ status }) => status === "failed");

  /** A copy with its manifest, to be broken. */
  const copyOf = (name: string) => {
    const copy = join(place.project, name);
    copyFileSync(backups.plain, copy);
    copyFileSync(manifestPath(backups.plain), manifestPath(copy));
    return copy;
  };

  describe("a restored database that differs", () => {
    beforeEach(async () => {
      await create();
      expect(await restore(backups.plain)).toMatchObject({ ok: true });
      expect(await prove()).toMatchObject({ ok: true });
    });

    it.each([
      ["DELETE FROM games WHERE id = 7", "public.games", "2,000 rows", "1,999 rows (1 missing)"],
      ["INSERT INTO moves VALUES (3)", "public.moves", "2 rows", "3 rows (1 too many)"],
      ["DROP TABLE moves", "public.moves", "table, owner owner", "missing"],
      ['CREATE TABLE "x\ny" ()', 'public."x\\ny"', "no such table", "table, owner owner"],
      [
        "ALTER TABLE moves OWNER TO postgres",
        "table public.moves",
        "table owner owner",
        "table owner postgres",
      ],
      ["SELECT nextval('games_id_seq')", "sequence public.games_id_seq", "2000", "2001"],
      [
        "ALTER SEQUENCE games_id_seq RESTART",
        "sequence public.games_id_seq",
        "2000",
        "1, not called yet",
      ],
      ["CREATE SEQUENCE more", "sequence public.more", "no such sequence", "1, not called yet"],
    ])(
      "after %s is told with what was expected and observed",
      async (sql, title, expected, observed) => {
        const asOwner = sql.includes("OWNER") ? "" : "SET ROLE owner;";
        server.psql(`${asOwner} ${sql}`, database);
        if (sql.includes("OWNER")) server.psql("GRANT ALL ON moves TO owner", database);
        const proven = await prove();
        expect(proven).toMatchObject({ ok: false, proof: { verdict: "different" } });
        expect(proven.values).toBeUndefined();
        expect(failedChecks(proven)).toContainEqual({
          title,
          status: "failed",
          expected,
          observed,
        });
        const bare = (object: string) => object.replace(/^(?:table|sequence) /u, "");
        const objects = proven.proof?.differences.map(({ object }) => bare(object)) ?? [];
        expect(objects.filter((object) => object === bare(title))).toHaveLength(1);
        const listed = await tablesMatchAction.run({ database }, run.context);
        expect(listed.ok).toBe(title.startsWith("sequence") || expected.endsWith("rows"));
      },
    );

    it("is not proven without a manifest, and says what was checked instead", async () => {
      const copy = copyOf("bare.sql");
      rmSync(manifestPath(copy));
      const proven = await prove(copy);
      expect(proven).toMatchObject({ ok: false, proof: { verdict: "not-possible" } });
      expect(proven.checks.map(({ title }) => title)).toContain("Checked instead");
    });

    it("is not proven against a manifest of other bytes", async () => {
      const copy = copyOf("touched.sql");
      appendFileSync(copy, "-- one more comment\n");
      expect(await prove(copy)).toMatchObject({ ok: false, proof: { verdict: "equal" } });
    });

    it("is not proven when it is not this drill's", async () => {
      server.psql(`COMMENT ON DATABASE ${database} IS NULL`);
      expect(await prove()).toMatchObject({ ok: false, problem: { code: "refused" } });
    });
  });

  describe("a damaged backup", () => {
    const insideCopy = (text: string) => {
      const row = text.indexOf("\n1500\t");
      if (row < 0) throw new Error("no such row");
      return row + 1;
    };

    it.each([
      ["cut inside a line", (text: string) => insideCopy(text) + 4],
      ["cut at a line end inside COPY", insideCopy],
      ["cut to nothing", () => 0],
      [
        "cut before the trailer",
        (text: string) => text.lastIndexOf("-- PostgreSQL database dump complete"),
      ],
    ])("%s is found, with and without its manifest", async (_how, at) => {
      const copy = copyOf("cut.sql");
      truncateSync(copy, at(readFileSync(copy, "latin1")));
      await create();
      expect(await inspectAction.run({ file: copy }, run.context)).toMatchObject({ ok: false });
      expect(await restore(copy)).toMatchObject({ ok: false });
      rmSync(manifestPath(copy));
      const bare = await inspectAction.run({ file: copy }, run.context);
      expect(failedChecks(bare).map(({ title }) => title)).toContain("Ends as a complete dump");
      expect(await restore(copy)).toMatchObject({ ok: false });
      // Nothing went into the database.
      expect(server.psql("SELECT count(*) FROM pg_class WHERE relname = 'games'", database)).toBe(
        "0",
      );
    });

    it("with one other byte is found by its digest", async () => {
      const copy = copyOf("flipped.sql");
      const bytes = readFileSync(copy);
      const at = insideCopy(bytes.toString("latin1"));
      bytes[at] = bytes.readUInt8(at) ^ 1;
      writeFileSync(copy, bytes);
      const inspected = await inspectAction.run({ file: copy }, run.context);
      expect(failedChecks(inspected)).toMatchObject([
        { title: "Digest as in the manifest", observed: expect.stringContaining("other contents") },
      ]);
      await create();
      expect(await restore(copy)).toMatchObject({ ok: false });
    });

    it("that is an archive cut short, or a directory with an emptied or extra file, is found", async () => {
      const custom = join(place.project, "cut.dump");
      copyFileSync(backups.custom, custom);
      copyFileSync(manifestPath(backups.custom), manifestPath(custom));
      truncateSync(custom, Math.floor(statSync(custom).size / 2));
      expect(await inspectAction.run({ file: custom }, run.context)).toMatchObject({ ok: false });

      const data = readdirSync(backups.directory).find((name) => /^\d+\.dat$/u.test(name)) ?? "";
      const kept = readFileSync(join(backups.directory, data));
      truncateSync(join(backups.directory, data), 0);
      const emptied = await inspectAction.run({ file: backups.directory }, run.context);
      expect(failedChecks(emptied)[0]?.observed).toContain(`${data} has 0 bytes, not`);
      writeFileSync(join(backups.directory, data), kept);
      expect(await inspectAction.run({ file: backups.directory }, run.context)).toMatchObject({
        ok: true,
      });
      writeFileSync(join(backups.directory, "extra"), "");
      const extra = await inspectAction.run({ file: backups.directory }, run.context);
      expect(failedChecks(extra)[0]?.observed).toContain("extra was not there");
      rmSync(join(backups.directory, "extra"));
    });

    it("that is missing, or has a manifest that is not one, is told", async () => {
      expect(
        await inspectAction.run({ file: join(place.project, "none") }, run.context),
      ).toMatchObject({
        ok: false,
        problem: { message: expect.stringContaining("does not exist") },
      });
      const copy = copyOf("foreign.sql");
      writeFileSync(manifestPath(copy), '{"format":2}');
      expect(await inspectAction.run({ file: copy }, run.context)).toMatchObject({ ok: false });
    });

    it("that was only renamed, with its manifest, is as good as before", async () => {
      const copy = copyOf("before.sql");
      renameSync(copy, join(place.project, "after.sql"));
      renameSync(manifestPath(copy), manifestPath(join(place.project, "after.sql")));
      expect(await inspectAction.run({ file: "after.sql" }, run.context)).toMatchObject({
        ok: true,
      });
    });
  });

  describe("the place to restore into", () => {
    it("is refused without this drill's marker", async () => {
      await create();
      const other = record(place.target, { drill: "drill-2" });
      expect(
        await restoreAction.run({ file: backups.plain, database }, other.context),
      ).toMatchObject({ ok: false, problem: { code: "refused" } });
      server.psql(`COMMENT ON DATABASE ${database} IS NULL`);
      expect(await restore(backups.plain)).toMatchObject({
        ok: false,
        problem: { code: "refused" },
      });
    });

    it("is never the primary, even where that carries a marker", async () => {
      const before = server.psql("SELECT count(*) FROM games", PRIMARY);
      const result = await restoreAction.run(
        { file: backups.plain, database: PRIMARY },
        run.context,
      );
      expect(result).toMatchObject({ ok: false, problem: { code: "refused" } });
      expect(server.psql("SELECT count(*) FROM games", PRIMARY)).toBe(before);
    });

    it("is refused when somebody put something into it", async () => {
      await create();
      server.psql("CREATE TABLE precious (a int)", database);
      expect(await restore(backups.plain)).toMatchObject({
        ok: false,
        problem: { code: "refused" },
      });
      expect(server.psql("SELECT count(*) FROM precious", database)).toBe("0");
    });

    it("is made anew after a restore that failed half-way", async () => {
      await create();
      // Without a manifest, so that only the restore itself can notice.
      const copy = copyOf("broken.sql");
      rmSync(manifestPath(copy));
      writeFileSync(copy, readFileSync(copy, "utf8").replace("\n1500\t", "\nnot a number\t"));
      const failed = await restore(copy);
      expect(failed).toMatchObject({ ok: false });
      expect(failed.ok ? "" : failed.problem.message).toContain("bigint");
      const again = await restore(backups.plain);
      expect(again).toMatchObject({ ok: true });
      expect(again.checks.map(({ title }) => title)).toContain("Earlier restore");
      expect(await prove()).toMatchObject({ ok: true });
      expect(await run.undoAll()).toEqual(["dropped"]);
    });

    it("can be dropped after a restore that was cancelled", async () => {
      await create();
      const cancelled = record(place.target, {
        onCommand(text) {
          if (text.includes("psql")) cancelled.abort();
        },
      });
      const result = await restoreAction.run({ file: backups.plain, database }, cancelled.context);
      expect(result).toMatchObject({ ok: false, problem: { code: "interrupted" } });
      expect(await run.undoAll()).toEqual(["dropped"]);
    });
  });

  it("gathers statistics, so that the app's queries do not crawl", async () => {
    await create();
    expect(await restore(backups.custom)).toMatchObject({ ok: true });
    const known = "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'games'";
    expect(server.psql(known, database)).toBe("f");
    const { context, commands } = record(place.target);
    expect(await analyzeAction.run({ database }, context)).toMatchObject({ ok: true });
    expect(commands).toEqual([expect.stringContaining("ANALYZE each table")]);
    expect(server.psql(known, database)).toBe("t");
  });
});
