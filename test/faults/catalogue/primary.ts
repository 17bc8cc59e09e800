/** Something about the primary, or about the moment of the backup, makes the drill worthless. */
import type { Fault, Rig } from "../types.ts";

function primary(name: string, expect: RegExp, inject: Fault["inject"]): Fault {
  return { name: `primary: ${name}`, kind: "primary", expect, inject };
}

/** Before the backup, in a primary of its own. */
function with_(name: string, expect: RegExp, sql: string, notice?: "warning"): Fault {
  const fault = primary(name, expect, async (rig) => {
    await rig.ownPrimary();
    rig.at("before", async () => void (await rig.onPrimary(sql)));
  });
  return notice === undefined ? fault : { ...fault, notice };
}

/** While the dump runs; it may have to wait, so nobody waits for it. */
function meanwhile(name: string, expect: RegExp, sql: string): Fault {
  return primary(name, expect, async (rig) => {
    await rig.ownPrimary();
    slowDump(rig);
    let running: Promise<unknown> = Promise.resolve();
    rig.at("dumping", () => {
      running = rig.onPrimary(`SET application_name = 'a migration'; ${sql}`).catch(() => "");
    });
    rig.afterwards(async () => void (await running));
  });
}

/** Long enough for whoever waits for it to wait longer than a drill allows. */
function slowDump(rig: Rig): void {
  rig.wrap("pg_dump", `sleep 8; exec "$REAL" "\${rest[@]}" --file="$FILE"`);
}

/** Ends the dump's session as soon as there is one. */
function terminate(database: string): string {
  return `DO $$ BEGIN FOR n IN 1..1000 LOOP
    IF (SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE datname = '${database}' AND application_name ~ 'pg_dump') THEN RETURN; END IF;
    PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
  END LOOP; END $$`;
}

export const PRIMARY_FAULTS: readonly Fault[] = [
  with_(
    "invalid index, which a dump leaves out",
    /games_status_idx/u,
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'games_status_idx'::regclass",
    "warning",
  ),
  with_(
    "stale materialized view",
    /game_counts/u,
    "DELETE FROM moves; DELETE FROM games WHERE status = 'active'",
    "warning",
  ),
  with_(
    "rows that break a foreign key",
    /moves_gameId_fkey/u,
    `SET session_replication_role = replica; UPDATE moves SET "gameId" = 'none' WHERE id = 'move000001'`,
  ),
  with_(
    "duplicate rows under a unique index",
    /refresh_tokens_token_key/u,
    "UPDATE pg_index SET indisready = false WHERE indexrelid = 'refresh_tokens_token_key'::regclass; UPDATE refresh_tokens SET token = (SELECT token FROM refresh_tokens WHERE id = 1) WHERE id = 2; UPDATE pg_index SET indisready = true WHERE indexrelid = 'refresh_tokens_token_key'::regclass",
  ),
  with_(
    "rows that break a check",
    /rating_sane/u,
    "ALTER TABLE rating_history DROP CONSTRAINT rating_sane; UPDATE rating_history SET rating = 9999 WHERE id = 1; ALTER TABLE rating_history ADD CONSTRAINT rating_sane CHECK (rating BETWEEN 0 AND 4000) NOT VALID; UPDATE pg_constraint SET convalidated = true WHERE conname = 'rating_sane'",
  ),
  with_(
    "function that leans on search_path",
    /shout/u,
    "CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)'; CREATE FUNCTION shout2(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN shout($1); END'; CREATE INDEX shout_idx ON users (shout2(username))",
  ),
  with_("table that an extension swallows", /scores/u, "ALTER EXTENSION hstore ADD TABLE scores"),
  with_(
    "check that calls a changed function",
    /even_only/u,
    "CREATE FUNCTION even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; ALTER TABLE t ADD CONSTRAINT even_only CHECK (even(\"from\")); CREATE OR REPLACE FUNCTION even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'",
  ),
  primary(
    "role that may not read everything",
    /ringrift_reader|permission denied|secrets/u,
    async (rig) => {
      await rig.ownPrimary();
      rig.loginAs("ringrift_reader");
    },
  ),
  primary("role under row security", /secrets|row.level security/u, async (rig) => {
    await rig.ownPrimary();
    await rig.onPrimary(`GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO ringrift_app; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, audit TO ringrift_app;
      GRANT USAGE ON SCHEMA audit TO ringrift_app; GRANT SELECT ON LARGE OBJECT 5001, 5002, 5003 TO ringrift_app`);
    rig.loginAs("ringrift_app");
  }),
  primary("the session with the snapshot is ended", /snapshot|session|terminat/iu, async (rig) => {
    await rig.ownPrimary();
    slowDump(rig);
    rig.at(
      "dumping",
      async () =>
        void (await rig.onServer(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${rig.primary}' AND application_name ~ 'snapshot'`,
        )),
    );
  }),
  primary("the dump's session is ended", /pg_dump|terminat/iu, async (rig) => {
    await rig.ownPrimary();
    let running: Promise<unknown> = Promise.resolve();
    rig.at("dumping", () => {
      running = rig.onServer(terminate(rig.primary));
    });
    rig.afterwards(async () => void (await running));
  }),
  meanwhile("a TRUNCATE waits for the dump", /a migration/u, "TRUNCATE scores"),
  meanwhile(
    "an ALTER TABLE waits for the dump",
    /a migration/u,
    "ALTER TABLE scores ADD COLUMN late int",
  ),
  meanwhile(
    "a schema is renamed under the dump",
    /audit|renamed|schema/iu,
    "ALTER SCHEMA audit RENAME TO audited",
  ),
];
