/** A standby as the primary: what it does not have is said, and the restore goes elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import {
  type Postgres15,
  postgres15Available,
  startPostgres15,
  startStandby15,
} from "../../helpers/postgres15.ts";
import { openPlace, type Place, record } from "./support.ts";

const database = "restored";
const UNLOGGED = [
  "rows of unlogged tables, which a standby does not have: public.lobby",
  "positions of sequences that could not be read: no right to, or unlogged on a standby: public.lobby_id_seq",
];

describe.runIf(postgres15Available)("a standby as the primary", () => {
  let server: Postgres15;
  let standby: Postgres15;
  let place: Place;
  let elsewhere: Place;

  beforeAll(async () => {
    server = await startPostgres15({ hba: ["host replication all 127.0.0.1/32 scram-sha-256"] });
    const owner = server.createRole("owner", "pw", "CREATEDB");
    server.createDatabase("primary", "owner");
    server.psql(
      `SET ROLE owner; CREATE TABLE games (id serial PRIMARY KEY, name text);
      INSERT INTO games (name) SELECT 'game ' || g FROM generate_series(1, 500) g;
      CREATE UNLOGGED TABLE lobby (id serial PRIMARY KEY); INSERT INTO lobby VALUES (1), (2);
      CREATE MATERIALIZED VIEW top AS SELECT max(id) FROM games; SELECT lo_from_bytea(0, 'blob');`,
      "primary",
    );
    standby = await startStandby15(server);
    place = await openPlace(standby, { ...owner, port: standby.port }, "primary");
    elsewhere = await openPlace(server, owner, "primary");
  });
  afterAll(async () => {
    await place?.close();
    await elsewhere?.close();
    await standby?.stop();
    await server?.stop();
  });

  it.each(["plain", "directory"] as const)(
    "is backed up in the %s format at one snapshot, and its unlogged tables are not covered",
    async (format) => {
      const taken = record(place.target);
      const made = await backupAction.run({ format, prefix: "s_" }, taken.context);
      expect(made.ok ? "" : JSON.stringify(made.problem)).toBe("");
      const file = made.values?.BACKUP_FILE ?? "";
      const run = record(elsewhere.target);
      expect(await createRestoreDatabaseAction.run({ database }, run.context)).toMatchObject({
        ok: true,
      });
      expect(await restoreAction.run({ file, database }, run.context)).toMatchObject({ ok: true });
      const proven = await proveAction.run({ file, database }, run.context);
      expect(proven).toMatchObject({ ok: true, proof: { verdict: "equal", tables: 1 } });
      expect(proven.proof?.notCovered).toEqual(expect.arrayContaining(UNLOGGED));
      expect(await run.undoAll()).toEqual(["dropped"]);
    },
  );

  it("cannot hold the restore as well, and the drill does not begin", async () => {
    const { context } = record(place.target);
    const message = expect.stringContaining("is a standby: no database can be made on it");
    expect(await createRestoreDatabaseAction.preflight?.({ database }, context)).toMatchObject([
      { code: "unusable", message },
    ]);
    expect(await createRestoreDatabaseAction.run({ database }, context)).toMatchObject({
      ok: false,
      problem: { message },
    });
  });
});
