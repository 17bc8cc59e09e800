/** Rows that look like a staging database. No clock and no chance: the same on every start. */
import { MIGRATIONS } from "./migrations.ts";

export const SEED_SIZES = { users: 300, games: 5_000, moves: 20_000 } as const;

/** The player the service moves for. */
export const HOUSE_USER_ID = "user_00001";

const USERS = `
INSERT INTO users (id, email, username, "passwordHash", role, rating, preferences, "createdAt", "deletedAt")
SELECT 'user_' || lpad(n::text, 5, '0'),
       CASE n WHEN 1 THEN 'house@ringrift.example' ELSE 'player' || n || '@ringrift.example' END,
       CASE n WHEN 1 THEN 'house' WHEN 2 THEN E'O''Brien; -- "the \\\\ ring"' WHEN 3 THEN 'Zoë 环 \u{1F48D}' ELSE 'player' || n END,
       'scrypt$16384$8$1$' || md5('salt' || n) || '$' || md5('first half' || n) || md5('second half' || n),
       (CASE WHEN n = 2 THEN 'ADMIN' WHEN n % 50 = 0 THEN 'MODERATOR' ELSE 'PLAYER' END)::"UserRole",
       900 + (n * 7919) % 1100,
       jsonb_build_object('theme', CASE WHEN n % 3 = 0 THEN 'dark' ELSE 'light' END, 'sound', n % 2 = 0),
       TIMESTAMP '2025-11-03 09:00:00' + n * INTERVAL '37 minutes',
       CASE WHEN n % 97 = 0 THEN TIMESTAMP '2026-01-15 12:00:00' END
  FROM generate_series(1, ${SEED_SIZES.users}) AS n`;

const GAMES = `
INSERT INTO games (id, "boardType", status, "player1Id", "player2Id", "winnerId", "isRated", state, "createdAt", "endedAt")
SELECT 'game_' || lpad(n::text, 6, '0'),
       (ARRAY['SQUARE5', 'SQUARE8', 'HEXAGONAL']::"BoardType"[])[1 + n % 3],
       (CASE WHEN n > 4900 THEN 'ACTIVE' WHEN n % 41 = 0 THEN 'ABANDONED' ELSE 'COMPLETED' END)::"GameStatus",
       'user_' || lpad((1 + (n * 31) % 299)::text, 5, '0'),
       'user_' || lpad((2 + (n * 31 + n % 7) % 299)::text, 5, '0'),
       CASE WHEN n <= 4900 AND n % 41 <> 0 AND n % 9 <> 0
            THEN 'user_' || lpad((1 + (n * 31) % 299)::text, 5, '0') END,
       n % 4 <> 0,
       json_build_object('seed', (n * 48271) % 2147483647, 'rings', 3 + n % 5, 'note', CASE WHEN n % 500 = 0 THEN E'tie;\\n\\\\restrict "it''s" $$ --' END),
       TIMESTAMP '2025-12-01 00:00:00' + n * INTERVAL '11 minutes',
       CASE WHEN n <= 4900 THEN TIMESTAMP '2025-12-01 00:09:00' + n * INTERVAL '11 minutes' END
  FROM generate_series(1, ${SEED_SIZES.games}) AS n`;

/** 2 to 6 moves a game, 4 on average. */
const MOVES = `
INSERT INTO moves (id, "gameId", "playerId", "moveNumber", position, "createdAt")
SELECT 'move_' || lpad(g::text, 6, '0') || '_' || lpad(m::text, 2, '0'),
       'game_' || lpad(g::text, 6, '0'),
       CASE WHEN m % 2 = 1 THEN 'user_' || lpad((1 + (g * 31) % 299)::text, 5, '0')
            ELSE 'user_' || lpad((2 + (g * 31 + g % 7) % 299)::text, 5, '0') END,
       m,
       jsonb_build_object('row', (g + m) % 5, 'column', (g * 3 + m * 2) % 5),
       TIMESTAMP '2025-12-01 00:00:00' + g * INTERVAL '11 minutes' + m * INTERVAL '40 seconds'
  FROM generate_series(1, ${SEED_SIZES.games}) AS g, generate_series(1, 2 + g % 5) AS m`;

const MIGRATIONS_TABLE = `
CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** In order, each for one `query`, all as the owner and inside one transaction. */
export const SEED_STATEMENTS: readonly string[] = [
  MIGRATIONS_TABLE,
  ...MIGRATIONS.map((migration) => migration.sql),
  ...MIGRATIONS.map(
    ({ name, checksum }, index) => `
INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
VALUES (md5('${name}')::uuid, '${checksum}', '${name}',
        TIMESTAMPTZ '2025-11-25 08:00:00+00' + ${index} * INTERVAL '2 seconds',
        TIMESTAMPTZ '2025-11-25 08:00:01+00' + ${index} * INTERVAL '2 seconds', 1)`,
  ),
  USERS,
  GAMES,
  MOVES,
  `INSERT INTO sessions ("tokenHash", "userId", "createdAt", "expiresAt")
   SELECT sha256(('session' || n)::bytea), 'user_' || lpad(n::text, 5, '0'),
          TIMESTAMP '2026-01-01', TIMESTAMP '2026-02-01'
     FROM generate_series(1, 40) AS n`,
];
