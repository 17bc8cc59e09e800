/** The game's Prisma migrations. Files of the project, and what its database was built with. */
import { createHash } from "node:crypto";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** Prisma's: SHA-256 of `migration.sql`, 64 hex digits. */
  readonly checksum: string;
}

const INIT = `-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('PLAYER', 'MODERATOR', 'ADMIN');

-- CreateEnum
CREATE TYPE "GameStatus" AS ENUM ('WAITING', 'ACTIVE', 'COMPLETED', 'ABANDONED');

-- CreateEnum
CREATE TYPE "BoardType" AS ENUM ('SQUARE5', 'SQUARE8', 'HEXAGONAL');

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" CITEXT NOT NULL,
    "username" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "role" "UserRole" NOT NULL DEFAULT 'PLAYER',
    "rating" INTEGER NOT NULL DEFAULT 1200,
    "preferences" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "games" (
    "id" TEXT NOT NULL,
    "boardType" "BoardType" NOT NULL DEFAULT 'SQUARE5',
    "status" "GameStatus" NOT NULL DEFAULT 'WAITING',
    "player1Id" TEXT NOT NULL,
    "player2Id" TEXT NOT NULL,
    "winnerId" TEXT,
    "isRated" BOOLEAN NOT NULL DEFAULT true,
    "state" JSON NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "games_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moves" (
    "id" TEXT NOT NULL,
    "gameId" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "moveNumber" INTEGER NOT NULL,
    "position" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "moves_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE INDEX "games_status_createdAt_idx" ON "games"("status", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "moves_gameId_moveNumber_key" ON "moves"("gameId", "moveNumber");

-- AddForeignKey
ALTER TABLE "games" ADD CONSTRAINT "games_player1Id_fkey" FOREIGN KEY ("player1Id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "games" ADD CONSTRAINT "games_player2Id_fkey" FOREIGN KEY ("player2Id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "games" ADD CONSTRAINT "games_winnerId_fkey" FOREIGN KEY ("winnerId") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "moves" ADD CONSTRAINT "moves_gameId_fkey" FOREIGN KEY ("gameId") REFERENCES "games"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "moves" ADD CONSTRAINT "moves_playerId_fkey" FOREIGN KEY ("playerId") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
`;

const SESSIONS = `-- CreateTable
CREATE TABLE "sessions" (
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "password_resets" (
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "password_resets_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateIndex
CREATE INDEX "sessions_userId_idx" ON "sessions"("userId");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`;

const MATCH_NUMBERS = `-- CreateSequence
CREATE SEQUENCE "match_number_seq" AS BIGINT START WITH 1000 INCREMENT BY 1;

-- AlterTable
ALTER TABLE "games" ADD COLUMN "matchNumber" BIGINT NOT NULL DEFAULT nextval('"match_number_seq"');
ALTER SEQUENCE "match_number_seq" OWNED BY "games"."matchNumber";

-- CreateIndex
CREATE UNIQUE INDEX "games_matchNumber_key" ON "games"("matchNumber");

-- CreateFunction
CREATE FUNCTION "close_game"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- A finished game keeps the moment it ended; "it's over" is said once.
  IF NEW."status" IN ('COMPLETED', 'ABANDONED') AND NEW."endedAt" IS NULL THEN
    NEW."endedAt" := CURRENT_TIMESTAMP;
  END IF;
  RETURN NEW;
END;
$body$;

-- CreateTrigger
CREATE TRIGGER "games_close" BEFORE UPDATE OF "status" ON "games" FOR EACH ROW EXECUTE FUNCTION "close_game"();
`;

const LEADERBOARD = `-- CreateView
CREATE VIEW "leaderboard" AS
SELECT u."id",
       u."username",
       u."rating",
       count(g."id") AS "wins"
  FROM "users" u
  LEFT JOIN "games" g ON g."winnerId" = u."id" AND g."isRated"
 WHERE u."deletedAt" IS NULL
 GROUP BY u."id"
 ORDER BY u."rating" DESC, u."username";

-- AddCheck
ALTER TABLE "users" ADD CONSTRAINT "users_rating_check" CHECK ("rating" BETWEEN 0 AND 4000);

-- Grant
GRANT SELECT ON "leaderboard" TO "ringrift_reporting";

-- Comment
COMMENT ON TABLE "moves" IS 'One row a move; "position" is {row, column} on the game''s board.';
`;

export const MIGRATIONS: readonly Migration[] = [
  migration("20251103090000_init", INIT),
  migration("20251110101500_sessions_and_password_resets", SESSIONS),
  migration("20251117143000_match_numbers", MATCH_NUMBERS),
  migration("20251124160000_leaderboard", LEADERBOARD),
];

/** Tables the game cannot do without. */
export const GAME_TABLES = ["users", "games", "moves", "sessions", "password_resets"] as const;

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}
