import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import { readManifest } from "../../../source/postgres/manifest-file.ts";
import { openPlace, type Place, type Recorded, record } from "../../actions/postgres/support.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { must } from "../../helpers/results.ts";
import { AWKWARD } from "./awkward.ts";

const PRIMARY = "primary";
const database = "restored";

describe.runIf(postgres15Available)("a drill of awkward rows", () => {
  let server: Postgres15;
  let place: Place;

  beforeAll(async () => {
    server = await startPostgres15({ settings: { autovacuum: "off" } });
    server.createDatabase(PRIMARY);
    server.psql(AWKWARD, PRIMARY);
    place = await openPlace(server, server.connection, PRIMARY);
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

  async function drill(run: Recorded, input: Parameters<typeof backupAction.run>[0]) {
    const { context } = run;
    const backup = await backupAction.run(input, context);
    if (!backup.ok) throw new Error(backup.problem.message);
    const file = backup.values?.BACKUP_FILE ?? "";
    expect(await createRestoreDatabaseAction.run({ database }, context)).toMatchObject({
      ok: true,
    });
    expect(await restoreAction.run({ file, database }, context)).toMatchObject({ ok: true });
    return { file, prove: () => proveAction.run({ file, database }, context) };
  }

  it.each(["plain", "custom", "directory"] as const)(
    "is equal after a %s backup, with every type, and says what it could not cover",
    async (format) => {
      const run = record(place.target);
      const { prove } = await drill(run, { format, prefix: "b_" });
      const { proof } = await prove();
      expect(proof?.differences).toEqual([]);
      expect(proof).toMatchObject({ verdict: "equal", level: "full" });
      expect(proof?.covered.join("\n")).toContain("every row of 16 tables");
      expect(proof?.covered.join("\n")).toContain("5 large objects");
      expect(proof?.notCovered.join("\n")).toContain("awk.unseen");
      expect(await run.undoAll()).toEqual(["dropped"]);
    },
  );

  it.each([
    ["UPDATE awk.types SET c0 = 1 WHERE id = 2", "awk.types", "as many rows, other contents"],
    ["UPDATE awk.many SET v = v || ' ' WHERE id = 77", "awk.many", "groups of rows"],
    ["DELETE FROM awk.twice WHERE ctid = '(0,1)'", "awk.twice", "3 rows (1 missing)"],
    ["SELECT lo_put(4003, 0, 'y')", "large object 4003", "5.00 kB, other contents"],
    ["SELECT lo_unlink(4002)", "large object 4002", "missing"],
    ["SELECT lo_create(77)", "large object 77", "0 B"],
  ])("after %s tells of it by name", async (sql, object, observed) => {
    const run = record(place.target);
    const { prove } = await drill(run, { format: "custom", prefix: "b_" });
    server.psql(sql, database);
    const proven = await prove();
    expect(proven.ok).toBe(false);
    expect(proven.proof?.differences).toContainEqual(
      expect.objectContaining({ object, observed: expect.stringContaining(observed) }),
    );
    expect(await run.undoAll()).toEqual(["dropped"]);
  });

  it("compares a sample, or only counts, and never calls that more than it is", async () => {
    const run = record(place.target);
    const sampled = await drill(run, { format: "custom", prefix: "s_", level: "sampled" });
    const proven = await sampled.prove();
    expect(proven.proof).toMatchObject({ verdict: "equal", level: "sampled" });
    expect(proven.proof?.covered.join("\n")).toContain(
      "the probability that a change is missed: in 1 row 90 %, in 10 rows 35 %, in 50 rows 0.52 %",
    );
    expect(proven.proof?.notCovered.join("\n")).toContain("the other 90 % of the rows");
    server.psql("UPDATE awk.many SET v = 'other'", database);
    expect((await sampled.prove()).proof?.verdict).toBe("different");
    expect(await run.undoAll()).toEqual(["dropped"]);

    const counts = await drill(record(place.target), {
      format: "custom",
      prefix: "c_",
      level: "counts",
    });
    server.psql("UPDATE awk.many SET v = 'other'", database);
    const counted = await counts.prove();
    expect(counted.proof).toMatchObject({ verdict: "equal", level: "counts" });
    expect(counted.proof?.notCovered.join("\n")).toContain("only their number was compared");
    server.psql("DELETE FROM awk.many WHERE id = 1", database);
    expect((await counts.prove()).proof?.verdict).toBe("different");
  });

  it("tells of a stale materialized view, and does not fail for it", async () => {
    server.psql("INSERT INTO awk.twice VALUES (3, 'c')", PRIMARY);
    const run = record(place.target);
    const { prove } = await drill(run, { format: "plain", prefix: "b_" });
    const proven = await prove();
    expect(proven).toMatchObject({ ok: true, proof: { verdict: "equal" } });
    expect(proven.proof?.warnings?.join()).toContain("awk.seen was stale on the primary: 4 rows");
    server.psql("DELETE FROM awk.twice WHERE a = 3", PRIMARY);
    expect(await run.undoAll()).toEqual(["dropped"]);
  });

  it("reads the values of moving sequences from the archive, in every format", async () => {
    server.psql(
      `CREATE SEQUENCE awk."it's ""one""\n(2)"; SELECT nextval('awk."it''s ""one""\n(2)"')`,
      PRIMARY,
    );
    for (const format of ["plain", "custom", "directory"] as const) {
      const run = record(place.target, {
        onCommand(text) {
          if (text.includes("--snapshot")) {
            server.psql(
              `SELECT nextval('awk."it''s ""one""\n(2)"') FROM generate_series(1, 500)`,
              PRIMARY,
            );
          }
        },
      });
      const { file, prove } = await drill(run, { format, prefix: "q_" });
      const manifest = must(await readManifest(file));
      expect(manifest?.sequences[0]?.archived).toEqual(manifest?.sequences[0]?.to);
      expect((await prove()).proof).toMatchObject({ verdict: "equal" });
      server.psql(`SELECT setval('awk."it''s ""one""\n(2)"', 77)`, database);
      expect((await prove()).proof).toMatchObject({ verdict: "different" });
      expect(await run.undoAll()).toEqual(["dropped"]);
    }
  });
});
