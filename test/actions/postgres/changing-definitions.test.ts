/** Definitions ignore the dump's snapshot: what changes while it runs must raise no false alarm. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { backupAction } from "../../../source/actions/postgres/backup.ts";
import { createRestoreDatabaseAction } from "../../../source/actions/postgres/create-restore-database.ts";
import { proveAction } from "../../../source/actions/postgres/prove.ts";
import { restoreAction } from "../../../source/actions/postgres/restore.ts";
import type { Target } from "../../../source/environment/target.ts";
import { type Postgres15, postgres15Available, startPostgres15 } from "../../helpers/postgres15.ts";
import { openPlace, type Place, record } from "./support.ts";

const database = "restored";
const NAMED =
  "definitions that changed more than once while the dump ran: trigger grows on public.games";

let server: Postgres15;
let place: Place;

beforeAll(async () => {
  if (!postgres15Available) return;
  server = await startPostgres15();
  const owner = server.createRole("owner", "pw", "CREATEDB");
  server.createDatabase("primary", "owner");
  server.psql(
    `SET ROLE owner; CREATE TABLE games (id int PRIMARY KEY, rating int);
    CREATE VIEW worst AS SELECT id FROM games WHERE rating < 1;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER grows BEFORE INSERT ON games FOR EACH ROW WHEN (NEW.rating > 1) EXECUTE FUNCTION f();`,
    "primary",
  );
  place = await openPlace(server, owner, "primary");
});
afterAll(async () => {
  await place?.close();
  await server?.stop();
});

it.runIf(postgres15Available)(
  "says which trigger it could not judge, and still tells one that only the restore changed",
  async () => {
    const change = (rating: number) =>
      server.psql(
        `SET ROLE owner; CREATE OR REPLACE TRIGGER grows BEFORE INSERT ON games FOR EACH ROW
        WHEN (NEW.rating > ${rating}) EXECUTE FUNCTION f()`,
        "primary",
      );
    const target: Target = {
      ...place.target,
      async dump(request, io) {
        change(2);
        const dumped = await place.target.dump(request, io);
        change(3);
        return dumped;
      },
    };
    const run = record(target);
    const made = await backupAction.run({ format: "plain", prefix: "b_" }, run.context);
    const file = made.values?.BACKUP_FILE ?? "";
    await createRestoreDatabaseAction.run({ database }, run.context);
    expect(await restoreAction.run({ file, database }, run.context)).toMatchObject({ ok: true });

    const proven = await proveAction.run({ file, database }, run.context);
    expect(proven).toMatchObject({ ok: true, proof: { verdict: "equal", warnings: [NAMED] } });
    expect(proven.proof?.notCovered).toContain(NAMED);
    expect(proven.checks).toContainEqual(
      expect.objectContaining({ status: "warning", observed: NAMED }),
    );

    server.psql(
      "CREATE OR REPLACE VIEW worst AS SELECT id FROM games WHERE rating < 2; DROP TRIGGER grows ON games",
      database,
    );
    const broken = await proveAction.run({ file, database }, run.context);
    expect(broken.proof?.differences.map(({ object }) => object)).toEqual([
      "trigger grows on public.games",
      "view public.worst",
    ]);
    expect(await run.undoAll()).toEqual(["dropped"]);
  },
);
