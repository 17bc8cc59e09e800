/** The game's database as staging has it: migrations applied, rows, and more rows on demand. */
import { SEED_STATEMENTS } from "../../source/practice/database/seed.ts";

/** One transaction for psql, to be run by the superuser in the empty database. */
export function seedSql(more: number): string {
  const statements = [
    "BEGIN",
    "CREATE ROLE ringrift_reporting NOLOGIN",
    ...SEED_STATEMENTS,
    ...moreGames(more),
    "COMMIT;",
  ];
  return statements.join(";\n");
}

/** Statements that add so many ended games with four moves each. */
function moreGames(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `INSERT INTO games (id, "boardType", status, "player1Id", "player2Id", state, "createdAt", "endedAt")
     SELECT 'more_' || n, 'SQUARE5', 'COMPLETED', 'user_00002', 'user_00001',
            json_build_object('seed', n, 'board', md5(n::text)), TIMESTAMP '2026-02-01' + n * INTERVAL '1 s', TIMESTAMP '2026-02-02' + n * INTERVAL '1 s'
       FROM generate_series(1, ${count}) AS n`,
    `INSERT INTO moves (id, "gameId", "playerId", "moveNumber", position, "createdAt")
     SELECT 'more_' || g || '_' || m, 'more_' || g, 'user_00002', m,
            jsonb_build_object('row', g % 5, 'column', m), TIMESTAMP '2026-02-01' + g * INTERVAL '1 s'
       FROM generate_series(1, ${count}) AS g, generate_series(1, 4) AS m`,
  ];
}
