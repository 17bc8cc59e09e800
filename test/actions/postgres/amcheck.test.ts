/** Indexes that lack rows look whole to every query that does not go through them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { amcheckAction } from "../../../source/actions/postgres/amcheck.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, type Recorded, record } from "./support.ts";

const database = "restored";

describe.runIf(postgres15Available)("checking the indexes of a restore database", () => {
  let server: Postgres15;
  let place: Place;
  let run: Recorded;

  beforeAll(async () => {
    server = await startPostgres15();
    server.createDatabase("primary");
    place = await openPlace(server, server.connection, "primary");
  });
  beforeEach(async () => {
    server.psql(`SET client_min_messages = warning; DROP DATABASE IF EXISTS ${database}`);
    run = record(place.target);
    expect(await createRestoreDatabaseAction.run({ database }, run.context)).toMatchObject({
      ok: true,
    });
    server.psql(
      `CREATE TABLE games (id int PRIMARY KEY, name text);
       CREATE INDEX "by ""name""" ON games (name);
       INSERT INTO games SELECT g, 'game ' || g FROM generate_series(1, 500) g;`,
      database,
    );
  });
  afterAll(async () => {
    await place?.close();
    await server?.stop();
  });

  const remains = () =>
    server.psql(
      "SELECT (SELECT count(*) FROM pg_extension) + (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'amcheck')",
      database,
    );

  it("passes where all is well, and leaves nothing behind", async () => {
    const before = remains();
    expect(await amcheckAction.notOffered?.({ database }, run.context)).toBeUndefined();
    expect(remains()).toBe(before);
    const checked = await amcheckAction.run({ database }, run.context);
    expect(checked).toMatchObject({ ok: true });
    expect(checked.checks[0]).toMatchObject({ title: "Indexes hold every row", status: "passed" });
    expect(remains()).toBe(before);
  });

  it("names the index that lacks rows, and only that", async () => {
    const ready = (is: boolean) =>
      server.psql(
        `UPDATE pg_index SET indisready = ${is}, indisvalid = ${is} WHERE indexrelid = '"by ""name"""'::regclass`,
        database,
      );
    ready(false);
    server.psql("INSERT INTO games VALUES (501, 'lost')", database);
    ready(true);
    const checked = await amcheckAction.run({ database }, run.context);
    expect(checked).toMatchObject({ ok: false });
    const failed = checked.checks.filter(({ status }) => status === "failed");
    expect(failed).toMatchObject([
      {
        title: 'index public."by \\"name\\""',
        observed: expect.stringContaining("lacks matching index tuple"),
      },
    ]);
    expect(JSON.stringify(checked)).not.toContain("lost");
    expect(remains()).toBe("1");
  });

  it("names an index that is marked invalid", async () => {
    server.psql(
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'games_pkey'::regclass",
      database,
    );
    const checked = await amcheckAction.run({ database }, run.context);
    expect(checked.ok ? "" : checked.problem.message).toContain("public.games_pkey");
  });

  it("uses an extension that is there already, wherever it is, and leaves it", async () => {
    server.psql(`CREATE SCHEMA "x y"; CREATE EXTENSION amcheck SCHEMA "x y"`, database);
    expect(await amcheckAction.run({ database }, run.context)).toMatchObject({ ok: true });
    expect(server.psql("SELECT count(*) FROM pg_extension", database)).toBe("2");
  });

  it("is not applicable to a user who may not create it, and says so", async () => {
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.psql('ALTER DATABASE "primary" OWNER TO owner');
    const plain = await openPlace(server, owner, "primary");
    const own = record(plain.target, { drill: "drill-2" });
    const name = "restored too";
    await createRestoreDatabaseAction.run({ database: name }, own.context);
    const why = () => amcheckAction.notOffered?.({ database: name }, own.context);
    expect(await why()).toBe(
      "The extension amcheck cannot be used here: only a superuser may create it.",
    );
    // What is there already may be out of bounds, too; no index is to blame for that.
    server.psql("CREATE EXTENSION amcheck", name);
    expect(await why()).toContain("this user may not call its bt_index_check");
    const run = await amcheckAction.run({ database: name }, own.context);
    expect(run).toMatchObject({ ok: false, problem: { code: "unusable" }, checks: [] });
    server.psql("GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) TO owner", name);
    expect(await why()).toBeUndefined();
    expect(await amcheckAction.run({ database: name }, own.context)).toMatchObject({ ok: true });
    await own.undoAll();
    await plain.close();
  });

  it("never looks into the primary, or into a database of another drill", async () => {
    for (const [name, drill] of [
      ["primary", "drill-1"],
      [database, "drill-9"],
    ]) {
      const other = record(place.target, { drill: drill ?? "" });
      expect(await amcheckAction.run({ database: name ?? "" }, other.context)).toMatchObject({
        ok: false,
        problem: { code: "refused" },
      });
      expect(other.commands).toEqual([]);
    }
  });
});
