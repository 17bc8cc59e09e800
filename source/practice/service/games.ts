/** Games of a player against the house. The moves in the database are the game. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { HOUSE_USER_ID } from "../database/seed.ts";
import type { User } from "./accounts.ts";
import { BOARD_SIZE, boardAfter, cellAt, houseMove, type Position, winnerOf } from "./board.ts";
import type { Database } from "./database.ts";
import { type Reply, refusal, reply } from "./reply.ts";

const coordinate = z
  .int()
  .min(0)
  .max(BOARD_SIZE - 1);
export const moveInput = z.strictObject({ row: coordinate, column: coordinate });
export const noInput = z.strictObject({});

export async function createGame(database: Database, player: User): Promise<Reply> {
  const id = randomUUID();
  await database.query(
    `INSERT INTO games (id, "boardType", status, "player1Id", "player2Id", state)
     VALUES ($1, 'SQUARE5', 'ACTIVE', $2, $3, $4)`,
    [id, player.id, HOUSE_USER_ID, JSON.stringify({ seed: 0, rings: BOARD_SIZE ** 2 })],
  );
  const game = await readGame(database.query, id, player);
  return game === undefined ? notFound() : reply(201, game);
}

export async function getGame(database: Database, id: string, player: User): Promise<Reply> {
  const game = await readGame(database.query, id, player);
  return game === undefined ? notFound() : reply(200, game);
}

export function playMove(
  database: Database,
  move: Position,
  { id, player }: { readonly id: string; readonly player: User },
): Promise<Reply> {
  return database.transaction(async (query) => {
    const [game] = await query<{ status: string }>(
      `SELECT status FROM games WHERE id = $1 AND "player1Id" = $2 FOR UPDATE`,
      [id, player.id],
    );
    if (game === undefined) return notFound();
    if (game.status !== "ACTIVE") return refusal(409, "game-over", "This game has ended.");
    const moves = await readMoves(query, id);
    if (cellAt(boardAfter(moves), move) !== null) {
      return refusal(409, "cell-taken", "There is a ring on that cell.");
    }
    const played = [...moves, move];
    await insertMove(query, { id, player: player.id, number: played.length, move });
    const answer = winnerOf(boardAfter(played)) ? undefined : houseMove(boardAfter(played));
    if (answer !== undefined) {
      played.push(answer);
      await insertMove(query, { id, player: HOUSE_USER_ID, number: played.length, move: answer });
    }
    await closeIfOver(query, { id, player: player.id, played });
    const after = await readGame(query, id, player);
    return after === undefined ? notFound() : reply(200, after);
  });
}

async function closeIfOver(
  query: Database["query"],
  game: { readonly id: string; readonly player: string; readonly played: readonly Position[] },
): Promise<void> {
  const board = boardAfter(game.played);
  const winner = winnerOf(board);
  if (winner === undefined && board.includes(null)) return;
  const winners = { you: game.player, house: HOUSE_USER_ID };
  await query(`UPDATE games SET status = 'COMPLETED', "winnerId" = $2 WHERE id = $1`, [
    game.id,
    winner === undefined ? null : winners[winner],
  ]);
}

async function insertMove(
  query: Database["query"],
  entry: {
    readonly id: string;
    readonly player: string;
    readonly number: number;
    readonly move: Position;
  },
): Promise<void> {
  await query(
    `INSERT INTO moves (id, "gameId", "playerId", "moveNumber", position) VALUES ($1, $2, $3, $4, $5)`,
    [randomUUID(), entry.id, entry.player, entry.number, JSON.stringify(entry.move)],
  );
}

function readMoves(query: Database["query"], id: string): Promise<Position[]> {
  return query<{ row: number; column: number }>(
    `SELECT (position->>'row')::int AS "row", (position->>'column')::int AS "column"
       FROM moves WHERE "gameId" = $1 ORDER BY "moveNumber"`,
    [id],
  );
}

async function readGame(
  query: Database["query"],
  id: string,
  player: User,
): Promise<Reply["body"] | undefined> {
  const [game] = await query<{ matchNumber: string; status: string }>(
    `SELECT "matchNumber", status FROM games WHERE id = $1 AND "player1Id" = $2`,
    [id, player.id],
  );
  if (game === undefined) return undefined;
  const moves = await readMoves(query, id);
  const board = boardAfter(moves);
  return {
    id,
    matchNumber: Number(game.matchNumber),
    status: game.status,
    moves: moves.length,
    board,
    winner: winnerOf(board) ?? null,
  };
}

function notFound(): Reply {
  return refusal(404, "no-such-game", "You have no game of that id.");
}
