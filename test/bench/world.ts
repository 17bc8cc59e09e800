/** A database of a stated size with the shapes of real ones: narrow and wide rows, jsonb, keys. */
import type { Postgres15 } from "../helpers/postgres15.ts";

export const PASSWORD = "bench-password";

/** Rows for one gigabyte on disk, indexes included; measured on PostgreSQL 15. */
const PER_GIGABYTE = { accounts: 3_000_000, games: 190_000, moves: 1_150_000 };

export async function fillWorld(
  server: Postgres15,
  name: string,
  gigabytes: number,
): Promise<void> {
  const rows = (full: number) => Math.max(1_000, Math.round(full * gigabytes));
  const accounts = rows(PER_GIGABYTE.accounts);
  const games = rows(PER_GIGABYTE.games);
  const moves = rows(PER_GIGABYTE.moves);
  server.createDatabase(name, "ringrift");
  server.psql(
    `SET ROLE ringrift;
     CREATE TABLE accounts (aid int PRIMARY KEY, bid int, balance int, filler char(84));
     INSERT INTO accounts SELECT i, i % 40, (i::bigint * 7919 % 100000)::int, '' FROM generate_series(1, ${accounts}) i;
     CREATE TABLE games (id int PRIMARY KEY, state jsonb NOT NULL, rating numeric(8,3), started timestamptz NOT NULL);
     INSERT INTO games SELECT i, jsonb_build_object('board', repeat(md5(i::text), 4), 'turn', i % 8, 'players', jsonb_build_array(i % 300, (i * 7) % 300), 'done', i % 3 = 0),
       (i % 3000) + 0.125, timestamptz '2026-01-01 00:00Z' + i * interval '13 seconds' FROM generate_series(1, ${games}) i;
     CREATE TABLE moves (id bigserial PRIMARY KEY, game int NOT NULL REFERENCES games, number int NOT NULL, note text, at timestamptz NOT NULL);
     INSERT INTO moves (game, number, note, at) SELECT 1 + i % ${games}, i / ${games}, CASE WHEN i % 5 = 0 THEN 'note ' || md5(i::text) END, timestamptz '2026-01-01 00:00Z' + i * interval '1 second' FROM generate_series(1, ${moves}) i;
     CREATE INDEX moves_game ON moves (game, number);`,
    name,
  );
  server.psql("VACUUM ANALYZE", name);
  server.psql("CHECKPOINT");
}

export function sizeOf(server: Postgres15, name: string): number {
  return Number(server.psql(`SELECT pg_database_size('${name}')`));
}
