/** The game's staging database as its migrations make it, filled to a stated size. */
import { MIGRATIONS } from "../../source/practice/database/migrations.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";

export const PASSWORD = "bench-password";

/** Rows for one gigabyte on disk, indexes included; measured on PostgreSQL 15. */
const PER_GIGABYTE = { users: 40_000, games: 200_000, moves: 1_700_000, ratings: 1_200_000 };

/** As Prisma makes them: in no order, 36 characters. */
function uuid(kind: string, number: string): string {
  return `md5('${kind}' || ${number})::uuid::text`;
}

export async function fillWorld(
  server: Postgres15,
  name: string,
  gigabytes: number,
): Promise<void> {
  const rows = (full: number) => Math.max(1_000, Math.round(full * gigabytes));
  const users = rows(PER_GIGABYTE.users);
  const games = rows(PER_GIGABYTE.games);
  const moves = rows(PER_GIGABYTE.moves);
  const ratings = rows(PER_GIGABYTE.ratings);
  server.createDatabase(name, "ringrift");
  server.psql(
    `SET client_min_messages = warning; CREATE EXTENSION citext;
SET ROLE ringrift;
${MIGRATIONS.map(({ sql }) => sql).join("\n")}
CREATE TABLE rating_history (id bigserial PRIMARY KEY, "userId" text NOT NULL REFERENCES users, before int NOT NULL, after int NOT NULL, deviation numeric(7,3), reason text, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX "rating_history_userId_at_idx" ON rating_history ("userId", at);
INSERT INTO users (id, email, username, "passwordHash", rating, preferences, "createdAt")
  SELECT ${uuid("user", "i")}, 'player' || i || '@ringrift.example', 'player' || i, 'scrypt$16384$8$1$' || md5(i::text) || md5('b' || i), 900 + i % 1100,
    jsonb_build_object('theme', i % 3, 'sound', i % 2 = 0), timestamp '2025-11-03' + i * interval '37 s' FROM generate_series(1, ${users}) i;
INSERT INTO games (id, "boardType", status, "player1Id", "player2Id", "winnerId", state, "createdAt", "endedAt")
  SELECT ${uuid("game", "i")}, (ARRAY['SQUARE5', 'SQUARE8', 'HEXAGONAL']::"BoardType"[])[1 + i % 3], 'COMPLETED',
    ${uuid("user", `(1 + i % ${users})`)}, ${uuid("user", `(1 + i * 7 % ${users})`)}, CASE WHEN i % 9 > 0 THEN ${uuid("user", `(1 + i % ${users})`)} END,
    json_build_object('seed', i, 'board', md5(i::text) || md5('x' || i) || md5('y' || i) || md5('z' || i), 'turn', i % 8, 'rings', json_build_array(i % 5, i % 7)),
    timestamp '2025-12-01' + i * interval '11 s', timestamp '2025-12-01 00:09' + i * interval '11 s' FROM generate_series(1, ${games}) i;
INSERT INTO moves (id, "gameId", "playerId", "moveNumber", position, "createdAt")
  SELECT ${uuid("move", "i")}, ${uuid("game", `(1 + i % ${games})`)}, ${uuid("user", `(1 + i % ${users})`)}, i / ${games},
    jsonb_build_object('row', i % 8, 'column', i % 5, 'kind', 'place'), timestamp '2025-12-01' + i * interval '1 s' FROM generate_series(0, ${moves - 1}) i;
INSERT INTO rating_history ("userId", before, after, deviation, reason, at)
  SELECT ${uuid("user", `(1 + i % ${users})`)}, 900 + i % 1100, 901 + i % 1100, i % 350 + 0.125, CASE WHEN i % 5 = 0 THEN 'season ' || i / 50000 END, timestamptz '2026-01-01 00:00Z' + i * interval '1 s' FROM generate_series(1, ${ratings}) i;`,
    name,
  );
  server.psql("VACUUM ANALYZE", name);
  server.psql("CHECKPOINT");
}

export function sizeOf(server: Postgres15, name: string): number {
  return Number(server.psql(`SELECT pg_database_size('${name}')`));
}
