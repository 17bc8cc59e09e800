/** The fingerprint of one side against reading the same rows with COPY, with as many sessions. */
import { openSession } from "../../source/postgres/connect.ts";
import { listTables } from "../../source/postgres/proof/catalogue.ts";
import { readTables } from "../../source/postgres/proof/read-tables.ts";
import { beginComparing } from "../../source/postgres/proof/settings.ts";
import { readShapes } from "../../source/postgres/proof/shapes.ts";
import type { Session } from "../../source/postgres/session.ts";
import type { Result } from "../../source/problem.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";

export const SESSIONS = 2;
/** 8 kB blocks of one COPY: as balanced as the fingerprint's own pieces. */
const PIECE_BLOCKS = 4_096;

async function crewOf(server: Postgres15, database: string): Promise<readonly Session[]> {
  const options = { database, role: "restore", purpose: "bench" } as const;
  return Promise.all(
    Array.from({ length: SESSIONS }, async () =>
      must(await openSession(server.connection, options)),
    ),
  );
}

/** A crew for each database, closed afterwards. */
export async function withCrews<T>(
  server: Postgres15,
  databases: readonly [string, string],
  use: (crews: readonly [readonly Session[], readonly Session[]]) => Promise<T>,
): Promise<T> {
  const [left, right] = [await crewOf(server, databases[0]), await crewOf(server, databases[1])];
  try {
    return await use([left, right]);
  } finally {
    await Promise.all([...left, ...right].map((session) => session.close()));
  }
}

/** Every table as the manifest keeps it. */
export async function readSide(crew: readonly Session[]) {
  for (const session of crew) must(await beginComparing(session));
  const [lead] = crew;
  if (lead === undefined) throw new Error("no session");
  const listed = must(await listTables(lead));
  const shapes = must(
    await readShapes(
      lead,
      listed.map(({ oid }) => oid),
    ),
  );
  const depth = { level: "full", sample: 100 } as const;
  const request = { tables: listed, shapes, depth, onRows: () => undefined };
  return { tables: must(await readTables(crew, request)), shapes };
}

export async function fingerprintOnce(server: Postgres15, database: string): Promise<void> {
  const crew = await crewOf(server, database);
  await readSide(crew);
  await Promise.all(crew.map((session) => session.close()));
}

export async function copyOnce(server: Postgres15, database: string): Promise<void> {
  const crew = await crewOf(server, database);
  const [lead] = crew;
  if (lead === undefined) throw new Error("no session");
  const tables = must(
    await lead.query(
      "SELECT oid::regclass::text AS name, relpages::text AS pages FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relpages DESC",
    ),
  );
  const jobs = tables.flatMap(({ name, pages }) => copies(String(name), Number(pages)));
  await Promise.all(
    crew.map(async (session) => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        must(await session.query(job));
      }
    }),
  );
  await Promise.all(crew.map((session) => session.close()));
}

function copies(name: string, pages: number): readonly string[] {
  const count = Math.max(1, Math.ceil(pages / PIECE_BLOCKS));
  return Array.from({ length: count }, (_, at) => {
    const from = at * PIECE_BLOCKS;
    const range = `ctid >= '(${from},0)' AND ctid < '(${from + PIECE_BLOCKS},0)'`;
    return `COPY (SELECT * FROM ONLY ${name} WHERE ${range}) TO '/dev/null'`;
  });
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.message} ${result.problem.hint ?? ""}`);
  return result.value;
}
