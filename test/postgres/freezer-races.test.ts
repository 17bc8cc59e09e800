/**
 * Somebody changes the primary while a drill starts. Each change commits together with a row in
 * `marks`, so that the restored database itself tells whether it is of one moment: with the mark it
 * must hold the change, without it the state before.
 */
import { mkdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backupAction } from "../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../source/actions/postgres/restore.ts";
import type { Target } from "../../source/environment/target.ts";
import type { Session } from "../../source/postgres/session.ts";
import { openPlace, type Place, type Recorded, record } from "../actions/postgres/support.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { must } from "../helpers/results.ts";

const PRIMARY = "primary";
const database = "restored";
/** When a change begins: right before such a query of the drill, or once the dump is connected. */
const STARTS = {
  "as locks are taken": /^LOCK TABLE/u,
  "as the snapshot is exported": /pg_export_snapshot/u,
  "as the dump starts": undefined,
  "within the dump": undefined,
} as const;
type Start = keyof typeof STARTS;
interface Moment {
  readonly start: Start;
  readonly format: "plain" | "directory";
}
const ALL: readonly Moment[] = (Object.keys(STARTS) as Start[]).flatMap((start) => [
  { start, format: "plain" },
  { start, format: "directory" },
]);
/** With ALL_RACES every change at every moment; else each at one of these, in turn. */
const FEW: readonly Moment[] = [
  { start: "as locks are taken", format: "directory" },
  { start: "as the dump starts", format: "plain" },
];
const momentsOf = (at: number) =>
  process.env.ALL_RACES === undefined ? FEW.filter((_, which) => which !== at % 2) : ALL;
/** Never true of a drill that may pass. */
const GAVE_WAY =
  /waited more than 0\.5 s|could not be locked for reading|were made, changed or dropped|renamed, moved or dropped/u;

/** `changed` is true in a database that holds the change. */
const CHANGES: readonly (readonly [what: string, sql: string, changed: string])[] = [
  ["TRUNCATE", "TRUNCATE games", "SELECT NOT EXISTS (SELECT FROM games)"],
  [
    "ALTER TABLE",
    "ALTER TABLE games ADD COLUMN extra int DEFAULT 7",
    "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'games'::regclass AND attname = 'extra')",
  ],
  [
    "ALTER TABLE with a rewrite",
    "ALTER TABLE games ALTER COLUMN name TYPE varchar(50)",
    "SELECT atttypid = 'varchar'::regtype FROM pg_attribute WHERE attrelid = 'games'::regclass AND attname = 'name'",
  ],
  [
    "CREATE TABLE",
    "CREATE TABLE fresh AS SELECT generate_series(1, 10) AS a",
    "SELECT to_regclass('fresh') IS NOT NULL",
  ],
  ["DROP TABLE", "DROP TABLE moves", "SELECT to_regclass('moves') IS NULL"],
  ["DROP SCHEMA", "DROP SCHEMA old CASCADE", "SELECT to_regnamespace('old') IS NULL"],
  [
    "REFRESH MATERIALIZED VIEW",
    "INSERT INTO games VALUES (100000, 'late'); REFRESH MATERIALIZED VIEW top",
    "SELECT id = 100000 FROM top",
  ],
  [
    "ALTER TYPE ADD VALUE",
    "ALTER TYPE state ADD VALUE 'new'",
    "SELECT EXISTS (SELECT FROM pg_enum WHERE enumlabel = 'new')",
  ],
];

const SCHEMA = `SET client_min_messages = warning; DROP OWNED BY owner; SET ROLE owner;
  CREATE TABLE marks (a int);
  CREATE TABLE games (id int PRIMARY KEY, name text);
  INSERT INTO games SELECT g, 'game ' || g FROM generate_series(1, 20000) g;
  CREATE TABLE moves (id int); INSERT INTO moves VALUES (1), (2);
  CREATE MATERIALIZED VIEW top AS SELECT max(id) AS id FROM games;
  CREATE TYPE state AS ENUM ('on', 'off');
  CREATE SEQUENCE counter;
  CREATE SCHEMA old; CREATE TABLE old.t (a int); INSERT INTO old.t VALUES (1);`;

describe.runIf(postgres15Available)("a change that races with a drill", () => {
  let server: Postgres15;
  let place: Place;
  let writer: Session;
  let round = 0;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off", max_connections: "60" } });
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase(PRIMARY, "owner");
    place = await openPlace(server, owner, PRIMARY);
    mkdirSync(place.target.backupDirectory);
  });
  beforeEach(async () => {
    server.psql(SCHEMA, PRIMARY);
    writer = must(
      await place.target.connect({ database: PRIMARY, role: "maintenance", purpose: "writer" }),
    );
  });
  afterEach(async () => {
    await writer.close();
    server.psql(
      `SET client_min_messages = warning; DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
    );
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  async function dumpConnected(backupOver: () => boolean) {
    const seen = "SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump'";
    while (!backupOver() && must(await writer.query(seen)).length === 0);
  }

  /** The real target, with something done right before each query of the drill. */
  function hooked(before: (sql: string) => void | Promise<void>): Target {
    return {
      ...place.target,
      async connect(options) {
        const opened = await place.target.connect(options);
        if (!opened.ok) return opened;
        const session = opened.value;
        const query: Session["query"] = async (text, values) => {
          await before(text);
          return session.query(text, values);
        };
        return { ok: true, value: { ...session, query } };
      },
    };
  }

  /** Takes a backup, and begins to change the primary when it has got so far. */
  async function race(sql: string, { start, format }: Moment) {
    round += 1;
    let changing: Promise<unknown> | undefined;
    let over = false;
    const begin = async () => {
      if (start === "within the dump") await dumpConnected(() => over);
      must(await writer.query(`BEGIN; INSERT INTO marks VALUES (1); ${sql}; COMMIT`));
    };
    const target = hooked((text) => {
      if (STARTS[start]?.test(text) === true) changing ??= begin();
    });
    const run = record(target, {
      drill: `race-${round}`,
      onCommand(text) {
        if (text.includes("--snapshot") && STARTS[start] === undefined) changing ??= begin();
      },
    });
    const made = await backUp(run, format);
    over = true;
    await (changing ?? begin());
    return { run, made };
  }

  function backUp({ context }: Recorded, format: Moment["format"]) {
    return backupAction.run({ format, prefix: `race_${round}_`, patience: 0.5 }, context);
  }

  /** What the drill said of a backup that raced with the change. */
  async function drill({ run, made }: Awaited<ReturnType<typeof race>>, changed: string) {
    if (!made.ok) return made.problem.message;
    const file = made.values?.BACKUP_FILE ?? "";
    const created = await createRestoreDatabaseAction.run({ database }, run.context);
    expect(created).toMatchObject({ ok: true });
    const restored = await restoreAction.run({ file, database }, run.context);
    const proven = restored.ok ? await proveAction.run({ file, database }, run.context) : restored;
    if (proven.ok) {
      const marked = server.psql("SELECT EXISTS (SELECT FROM marks)", database);
      expect(server.psql(changed, database), file).toBe(marked);
    }
    expect(await run.undoAll()).toEqual(["dropped"]);
    return proven.ok ? "proven" : proven.problem.message;
  }

  const changes = CHANGES.map((change, at) => [...change, momentsOf(at)] as const);
  it.each(changes)("%s never gives a false pass", async (_what, sql, changed, moments) => {
    for (const moment of moments) {
      server.psql(SCHEMA, PRIMARY);
      const raced = await race(sql, moment);
      const told = await drill(raced, changed);
      if (told === "proven") continue;
      expect(told).toMatch(GAVE_WAY);
      // A drill that always gave up could not pass wrongly either.
      const again = { run: raced.run, made: await backUp(raced.run, moment.format) };
      expect(await drill(again, changed)).toBe("proven");
    }
  });

  it("a table that appears late and is emptied before it is locked is not taken as it was", async () => {
    const made: string[] = [];
    const change = async (sql: string) => {
      if (made.includes(sql)) return;
      made.push(sql);
      must(await writer.query(sql));
    };
    const target = hooked(async (text) => {
      if (text.startsWith("BEGIN ISOLATION")) await change("CREATE TABLE fresh AS SELECT 1 AS a");
      if (text.includes('"fresh"')) {
        await change("BEGIN; INSERT INTO marks VALUES (1); TRUNCATE fresh; COMMIT");
      }
    });
    const run = record(target, { drill: "race-late" });
    const raced = { run, made: await backUp(run, "plain") };
    expect(made).toHaveLength(2);
    expect(await drill(raced, "SELECT NOT EXISTS (SELECT FROM fresh)")).toBe("proven");
  });

  it("setval and nextval never give a false pass", async () => {
    for (const moment of momentsOf(0)) {
      server.psql(SCHEMA, PRIMARY);
      const { run, made } = await race(
        "SELECT setval('counter', 1000); SELECT nextval('counter')",
        moment,
      );
      expect(made).toMatchObject({ ok: true });
      const file = made.values?.BACKUP_FILE ?? "";
      expect(await createRestoreDatabaseAction.run({ database }, run.context)).toMatchObject({
        ok: true,
      });
      expect(await restoreAction.run({ file, database }, run.context)).toMatchObject({ ok: true });
      const value = Number(server.psql("SELECT last_value FROM counter", database));
      expect([1, 1000, 1001]).toContain(value);
      expect(await proveAction.run({ file, database }, run.context)).toMatchObject({ ok: true });
      // A value that the primary has not had yet would hand out numbers twice or skip them.
      server.psql("SELECT setval('counter', 5000)", database);
      expect(await proveAction.run({ file, database }, run.context)).toMatchObject({ ok: false });
      expect(await run.undoAll()).toEqual(["dropped"]);
    }
  });

  it("makes the application wait no longer than the budget, and says who waited", async () => {
    const waiting = must(
      await place.target.connect({ database: PRIMARY, role: "maintenance", purpose: "x" }),
    );
    must(await waiting.query("SET application_name = 'the app'"));
    const behind = must(
      await place.target.connect({ database: PRIMARY, role: "maintenance", purpose: "y" }),
    );
    must(await behind.query("SET application_name = 'a reader'"));
    let truncated: ReturnType<Session["query"]> | undefined;
    let read: ReturnType<Session["query"]> | undefined;
    const truncating = `SELECT FROM pg_locks WHERE NOT granted AND pid = ${waiting.processId}`;
    const slow = {
      ...place.target,
      // A dump that would never end by itself.
      dump: (_request: unknown, io: { readonly signal: AbortSignal }) => {
        truncated = waiting.query("TRUNCATE games -- secret value");
        const readBehind = async () => {
          while (must(await behind.query(truncating)).length === 0);
          return behind.query("SELECT count(*) FROM games");
        };
        read = readBehind();
        return new Promise<Awaited<ReturnType<Place["target"]["dump"]>>>((resolve) => {
          io.signal.addEventListener("abort", () =>
            resolve({ ok: false, problem: { code: "interrupted", message: "stopped" } }),
          );
        });
      },
    };
    const made = await backupAction.run(
      { format: "plain", prefix: "slow_", patience: 1 },
      record(slow).context,
    );
    expect(must((await truncated) ?? { ok: true, value: [] })).toEqual([]);
    expect(must((await read) ?? { ok: true, value: [] })).toEqual([{ count: "0" }]);
    const problem = made.ok ? undefined : made.problem;
    expect(problem?.message).toMatch(
      /the app \(user owner, pid \d+, TRUNCATE TABLE|the app \(user owner, pid \d+, TRUNCATE/u,
    );
    expect(problem?.message).toContain("a reader");
    expect(problem?.message).not.toContain("secret");
    expect(problem?.hint).toContain("Retry");
    await Promise.all([waiting.close(), behind.close()]);
  });
});
