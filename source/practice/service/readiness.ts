/** Whether the database behind the service is the one it was built for. */
import { GAME_TABLES, MIGRATIONS } from "../database/migrations.ts";
import type { Database } from "./database.ts";
import { type Reply, reply } from "./reply.ts";

export async function readiness(database: Database): Promise<Reply> {
  try {
    const reasons = [...(await missingTables(database)), ...(await missingMigrations(database))];
    if (reasons.length > 0) return notReady(reasons.join("; "));
    const [counts] = await database.query<{ name: string; users: string; games: string }>(
      "SELECT current_database() AS name, (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM games) AS games",
    );
    return reply(200, {
      status: "ready",
      checks: {
        database: counts?.name,
        tables: `${GAME_TABLES.length} of ${GAME_TABLES.length}`,
        migrations: `${MIGRATIONS.length} of ${MIGRATIONS.length}`,
        users: Number(counts?.users),
        games: Number(counts?.games),
      },
    });
  } catch (error) {
    return notReady(error instanceof Error ? error.message : String(error));
  }
}

async function missingTables(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }>(
    "SELECT t.name FROM unnest($1::text[]) AS t(name) WHERE to_regclass('public.' || quote_ident(t.name)) IS NULL",
    [[...GAME_TABLES, "_prisma_migrations"]],
  );
  return rows.map(({ name }) => `table ${name} is missing`);
}

async function missingMigrations(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ name: string; checksum: string }>(
    "SELECT migration_name AS name, checksum FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  return MIGRATIONS.flatMap(({ name, checksum }) => {
    const found = applied.get(name);
    if (found === undefined) return [`migration ${name} is not applied`];
    return found === checksum ? [] : [`migration ${name} is another one than applied`];
  });
}

function notReady(reason: string): Reply {
  return reply(503, { status: "unavailable", reason });
}
