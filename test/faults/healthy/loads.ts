/** Drills during which the primary takes writes: each writer repeats its statement all the while. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HealthyDrill, Rig } from "../types.ts";

const INSERTS = `INSERT INTO moves (id, "gameId", "playerId", "moveNumber", "moveType", position)
  VALUES ('late{n}', 'game00001', 'user0001', 100 + {n}, 'move_ring', '{}') ON CONFLICT DO NOTHING`;
const UPDATES = `UPDATE games SET "gameState" = jsonb_set("gameState", '{phase}', to_jsonb({n})), "rngSeed" = {n} WHERE id = 'game0' || lpad(({n} % 2000 + 1)::text, 4, '0')`;
const DELETES = `DELETE FROM moves WHERE id = 'move' || lpad((8000 - {n})::text, 6, '0')`;
const SEQUENCES = `SELECT nextval('refresh_tokens_id_seq'), nextval('rating_history_id_seq'), nextval('audit.counter')`;
const REFRESH = "REFRESH MATERIALIZED VIEW CONCURRENTLY game_counts";
const PARTITIONS = `INSERT INTO results VALUES (date '2024-01-01' + {n}, 'load{n}', {n}) ON CONFLICT DO NOTHING`;
const KEYLESS = `WITH gone AS (DELETE FROM scores WHERE ctid = (SELECT min(ctid) FROM scores) RETURNING *) INSERT INTO scores SELECT * FROM gone`;
const BLOBS = `SELECT lo_put(5001, {n} % 100, 'load'), lo_from_bytea(0, 'new {n}')`;
const TOAST = `UPDATE replays SET body = repeat(md5('{n}'), 5000) WHERE id = 1 + {n} % 3`;
const HISTORY = `INSERT INTO rating_history ("userId", rating) VALUES ('user0001', {n} % 4000)`;
const VACUUM = "VACUUM (ANALYZE) games";
const UNLOGGED = "INSERT INTO lobby VALUES (1000 + {n}, now()) ON CONFLICT DO NOTHING";

/** What the snapshot does not see is not in the dump either: the restore equals the snapshot. */
const TABLE = "CREATE TABLE late_{n} (a int)";

/** A dump holds some form of each between the first and the last. */
const DEFINITIONS = [
  "CREATE OR REPLACE FUNCTION whoami(integer) RETURNS text LANGUAGE sql AS 'SELECT ($1 + {n})::text'",
  `COMMENT ON TABLE games IS 'round {n}'; ALTER SEQUENCE audit.counter CACHE 1{n};
  ALTER TABLE games ALTER COLUMN status SET (n_distinct = {n})`,
];

/**
 * One change of a definition after it was read and before the dump reads it: whichever form
 * of it the dump holds is right.
 */
async function changing(rig: Rig, sql: string): Promise<void> {
  await rig.ownPrimary();
  const changed = join(rig.home, "changed");
  rig.wrap(
    "pg_dump",
    `while [ ! -e '${changed}' ]; do sleep 0.05; done; exec "$REAL" "\${rest[@]}" --file="$FILE"`,
  );
  let running: Promise<unknown> = Promise.resolve();
  rig.at("dumping", () => {
    // Not awaited: what reads the definitions may still hold a lock on the view.
    running = rig.onPrimary(sql).then(() => writeFileSync(changed, ""));
  });
  rig.afterwards(async () => void (await running));
}

const VIEW =
  "CREATE OR REPLACE VIEW leaderboard WITH (security_barrier) AS SELECT username, rating FROM users";
const FUNCTION =
  "CREATE OR REPLACE FUNCTION whoami(integer) RETURNS text LANGUAGE sql AS 'SELECT ($1 + 1)::text'";

export const LOADS: readonly HealthyDrill[] = [
  { name: "under load: inserts, plain", load: [INSERTS] },
  { name: "under load: updates, directory", format: "directory", load: [UPDATES] },
  { name: "under load: deletes, custom", format: "custom", load: [DELETES] },
  { name: "under load: sequences, plain", load: [SEQUENCES, HISTORY] },
  { name: "under load: sequences, directory", format: "directory", load: [SEQUENCES, HISTORY] },
  {
    name: "under load: materialized view refreshed, custom",
    format: "custom",
    load: [REFRESH, UPDATES],
  },
  { name: "under load: partitions, plain", load: [PARTITIONS] },
  {
    name: "under load: rows without a key, directory",
    format: "directory",
    load: [KEYLESS, UNLOGGED],
  },
  { name: "under load: large objects, custom", format: "custom", load: [BLOBS] },
  { name: "under load: long values and vacuum, plain", load: [TOAST, VACUUM] },
  {
    name: "under load: everything, directory",
    format: "directory",
    load: [INSERTS, UPDATES, DELETES, SEQUENCES, REFRESH, PARTITIONS],
  },
  {
    name: "under load: everything, plain",
    load: [INSERTS, UPDATES, DELETES, SEQUENCES, REFRESH, KEYLESS, BLOBS],
  },
  { name: "under load: a table appears", format: "custom", load: [TABLE] },
  {
    name: "under load: definitions change all the while, plain",
    load: DEFINITIONS,
  },
  {
    name: "under load: definitions change all the while, directory",
    format: "directory",
    load: DEFINITIONS,
  },
  { name: "a view changes once while the dump runs", prepare: (rig) => changing(rig, VIEW) },
  {
    name: "a function changes once while the dump runs",
    prepare: (rig) => changing(rig, FUNCTION),
  },
];
