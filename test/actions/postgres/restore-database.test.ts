import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { dropRestoreDatabaseAction } from "../../../source/actions/postgres/drop-restore-database.ts";
import { databaseUndoer } from "../../../source/actions/undo-database.ts";
import { dropDatabase, dropLeftover } from "../../../source/postgres/drop-database.ts";
import { composeMarker } from "../../../source/postgres/marker.ts";
import type { Session } from "../../../source/postgres/session.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must, problemOf } from "../../helpers/results.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { openPlace, type Place, record } from "./support.ts";

const PRIMARY = "primary";
const database = "restored";
const OURS = { drill: "drill-1", madeAt: "2026-11-22T14:30:00.000Z", primary: PRIMARY };

describe.runIf(postgres15Available)("the restore database", () => {
  let server: Postgres15;
  let place: Place;

  beforeAll(async () => {
    server = await startPostgres15();
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase(PRIMARY, "owner");
    place = await openPlace(server, owner, PRIMARY);
  });
  afterEach(() => {
    server.psql(
      `SET client_min_messages = warning; DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
    );
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  const make = (options: Parameters<typeof record>[1] = {}) => {
    const run = record(place.target, options);
    return { run, made: createRestoreDatabaseAction.run({ database }, run.context) };
  };
  const comment = (text: string) => server.psql(`COMMENT ON DATABASE ${database} IS ${text}`);
  const exists = (name = database) =>
    server.psql(`SELECT count(*) FROM pg_database WHERE datname = '${name}'`) === "1";

  it("is refused before the drill when it exists, with what an operator must know", async () => {
    server.createDatabase(database, "owner");
    comment("'somebody''s work'");
    const problems = await createRestoreDatabaseAction.preflight?.(
      { database },
      record(place.target).context,
    );
    expect(problems).toMatchObject([
      {
        code: "refused",
        details: { database, owner: "owner", connections: "0", marker: "somebody's work" },
      },
    ]);
    expect(problems?.[0]?.details?.size).toMatch(/MB$/u);
    const { run, made } = make();
    expect(await made).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(run.resources).toEqual([]);
    expect(exists()).toBe(true);
  });

  it.each([PRIMARY, "postgres", "template0", "template1", "", "x".repeat(64), "nul\u0000"])(
    "may not be called %j",
    async (name) => {
      const run = record(place.target);
      const made = await createRestoreDatabaseAction.run({ database: name }, run.context);
      expect(made.ok).toBe(false);
      expect(run.commands).toEqual([]);
      expect((await dropDatabase(place.target, { database: name })).ok).toBe(false);
      expect((await dropLeftover(place.target, name, name)).ok).toBe(false);
      expect(exists(PRIMARY) && exists("postgres") && exists("template0")).toBe(true);
    },
  );

  it("is told when the user may not create databases", async () => {
    const plain = server.createRole("plain", "pw");
    server.psql("GRANT owner TO plain");
    const other = await openPlace(server, plain, PRIMARY);
    const problems = await createRestoreDatabaseAction.preflight?.(
      { database },
      record(other.target).context,
    );
    await other.close();
    expect(problems?.map(({ message }) => message)).toEqual([
      'User "plain" may not create databases.',
    ]);
  });

  it("is nobody's when somebody else makes one of that name a moment before", async () => {
    const { run, made } = make({
      onCommand(text) {
        if (text.startsWith("CREATE")) server.createDatabase(database, "owner");
      },
    });
    expect(await made).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(run.resources).toMatchObject([{ status: "released", reason: "it was never made" }]);
    expect(exists()).toBe(true);
    expect(
      server.psql(
        `SELECT shobj_description(oid, 'pg_database') IS NULL FROM pg_database WHERE datname = '${database}'`,
      ),
    ).toBe("t");
  });

  it("is made anew when the step is run again in the same drill", async () => {
    const { run, made } = make();
    expect(await made).toMatchObject({ ok: true });
    const again = await createRestoreDatabaseAction.run({ database }, run.context);
    expect(again).toMatchObject({ ok: true });
    expect(run.resources.map(({ status }) => status)).toEqual(["released", "owed"]);
    expect(await run.undoAll()).toEqual(["dropped"]);
  });

  it("is not made anew over one of another drill", async () => {
    expect(await make({ drill: "drill-0" }).made).toMatchObject({ ok: true });
    expect(await make().made).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(exists()).toBe(true);
  });

  it.each([
    ["removed", "NULL"],
    ["changed", "'restore-drill: made by drill drill-1'"],
    ["of another drill", `'${composeMarker({ ...OURS, drill: "drill-2" })}'`],
    ["of another primary", `'${composeMarker({ ...OURS, primary: "other" })}'`],
    ["followed by foreign words", `'${composeMarker(OURS)} and more'`],
  ])("is not dropped once its marker is %s", async (_how, text) => {
    const { run, made } = make();
    await made;
    comment(text);
    const dropped = await dropRestoreDatabaseAction.run({ database }, run.context);
    expect(dropped).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(await run.undoAll()).toHaveLength(1);
    expect(run.resources).toMatchObject([{ status: "owed" }]);
    expect(exists()).toBe(true);
  });

  it("is dropped after a crash right between CREATE DATABASE and the marker", async () => {
    const { run, made } = make({
      onCommand(text) {
        if (text.startsWith("COMMENT")) throw new Error("crash");
      },
    });
    await expect(made).rejects.toThrow("crash");
    expect(run.resources).toMatchObject([{ kind: "database", status: "owed" }]);
    expect(exists()).toBe(true);
    expect(await run.undoAll()).toEqual(["dropped"]);
    expect(exists()).toBe(false);
  });

  it("is not taken for ours after such a crash when its number differs", async () => {
    const { run, made } = make({
      onCommand(text) {
        if (text.startsWith("COMMENT")) throw new Error("crash");
      },
    });
    await expect(made).rejects.toThrow("crash");
    server.psql(`DROP DATABASE ${database}`);
    server.createDatabase(database, "owner");
    expect((await run.undoAll())[0]).toContain("does not carry the marker");
    expect(exists()).toBe(true);
  });

  it("owes nothing after a crash before CREATE DATABASE", async () => {
    const { run, made } = make({
      onCommand() {
        throw new Error("crash");
      },
    });
    await expect(made).rejects.toThrow("crash");
    expect(run.resources).toMatchObject([{ status: "owed" }]);
    expect(await run.undoAll()).toEqual(["was gone already"]);
  });

  it("is not dropped on another server", async () => {
    const { run, made } = make();
    await made;
    const { target } = place;
    const elsewhere = {
      ...target,
      summary: {
        ...target.summary,
        server: { ...target.summary.server, systemIdentifier: "7000000000000000001" },
      },
    };
    const [resource] = run.resources;
    if (resource === undefined) throw new Error("nothing registered");
    const outcome = await databaseUndoer.undo(resource, { ...run.context, target: elsewhere });
    expect(outcome).toMatchObject({ ok: false, problem: { code: "refused" } });
    expect(exists()).toBe(true);
  });

  describe("in use", () => {
    let others: Session[] = [];
    afterEach(async () => {
      await Promise.all(others.map((session) => session.close()));
      others = [];
    });
    const connect = async (role: "restore" | "maintenance") => {
      const session = must(await place.target.connect({ database, role, purpose: "left over" }));
      others.push(session);
      return session;
    };

    it("by others is not dropped, and they are named and left alone", async () => {
      await make().made;
      const session = await connect("restore");
      must(await session.query("SET application_name = 'the app'"));
      const problem = problemOf(await dropDatabase(place.target, { database, waitSeconds: 0.3 }));
      expect(problem.code).toBe("refused");
      expect(problem.message).toContain(`the app (user owner, pid ${session.processId})`);
      expect((await session.query("SELECT 1")).ok).toBe(true);
      expect(exists()).toBe(true);
    });

    it("by sessions the drill left is dropped all the same", async () => {
      await make().made;
      const session = await connect("restore");
      expect(must(await dropDatabase(place.target, { database }))).toBe("dropped");
      await session.closed;
    });

    it("is looked at again right before it is dropped", async () => {
      await make().made;
      const session = await connect("restore");
      must(await session.query("SET application_name = 'closing'"));
      const issued: string[] = [];
      const dropping = dropDatabase(place.target, {
        database,
        issuing: async (statement) => void issued.push(statement),
      });
      await waitFor(() =>
        expect(
          server.psql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'restore-drill dropping'",
          ),
        ).toBe("1"),
      );
      comment("'somebody adopted it'");
      await session.close();
      expect(problemOf(await dropping).code).toBe("refused");
      expect(issued).toEqual([]);
      expect(exists()).toBe(true);
    });

    it("by one that closes in time is dropped", async () => {
      await make().made;
      const session = await connect("restore");
      must(await session.query("SET application_name = 'closing'"));
      const dropping = dropDatabase(place.target, { database });
      await session.close();
      expect(must(await dropping)).toBe("dropped");
    });
  });

  it("of an earlier drill goes only when its name is typed exactly", async () => {
    await make({ drill: "drill-0" }).made;
    expect(problemOf(await dropLeftover(place.target, database, "Restored")).code).toBe("refused");
    expect(exists()).toBe(true);
    expect(must(await dropLeftover(place.target, database, database))).toBe(
      'Dropped database "restored".',
    );
    expect(exists()).toBe(false);
  });

  it("without a marker is no leftover, whatever is typed", async () => {
    server.createDatabase(database, "owner");
    expect(problemOf(await dropLeftover(place.target, database, database)).code).toBe("refused");
    expect(exists()).toBe(true);
  });

  it("kept on purpose is labelled, keeps its marker, and can be dropped later", async () => {
    const { run, made } = make();
    await made;
    run.keep(database, 'look at "games"; it\'s odd\n');
    const kept = await dropRestoreDatabaseAction.run({ database }, run.context);
    expect(kept).toMatchObject({ ok: true });
    expect(kept.checks[0]?.observed).toBe("clearly labelled and left for further analysis");
    const label = server.psql(
      `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '${database}'`,
    );
    expect(label).toContain(`kept for analysis: "look at \\"games\\"; it's odd\\n"`);
    expect(must(await dropLeftover(place.target, database, database))).toContain("Dropped");
  });

  it("that is gone is no success while it is owed, and one when nothing is", async () => {
    const { run, made } = make();
    await made;
    server.psql(`DROP DATABASE ${database}`);
    const first = await dropRestoreDatabaseAction.run({ database }, run.context);
    expect(first).toMatchObject({ ok: false });
    const second = await dropRestoreDatabaseAction.run({ database }, run.context);
    expect(second).toMatchObject({ ok: true });
    expect(second.checks[0]?.observed).toContain("owes nothing");
  });
});
