/** Reads what the primary holds at the freezer's snapshot, while the dump runs. */
import { ok, type Result } from "../../problem.ts";
import type { Freezer } from "../freezer.ts";
import { lockStatements } from "../lock-tables.ts";
import type { Manifest, ManifestFingerprint, ManifestTable } from "../manifest.ts";
import type { Session } from "../session.ts";
import { oneRow, runAll, textOf } from "../with-session.ts";
import { readFacts } from "./facts/read-facts.ts";
import { sameFacts } from "./facts/same-facts.ts";
import type { FactsReading } from "./facts/types.ts";
import type { Depth } from "./fingerprint.ts";
import { type LargeObjects, readLargeObjects } from "./large-objects.ts";
import { readMaterializedViews, readTables, withViews } from "./read-tables.ts";
import { beginComparing, beginStatements } from "./settings.ts";
import { readShapes, type TableShape } from "./shapes.ts";

/** More locks than this would crowd the server's lock table. */
const MOST_LOCKS = 2_000;

export interface Reader {
  /** Reads all but the tables; never in a transaction that others share. */
  readonly lead: Session;
  readonly crew: readonly Session[];
  readonly freezer: Freezer;
  readonly depth: Depth;
}

/** What is read before the dump starts. */
export interface Prepared {
  readonly facts: FactsReading;
  readonly shapes: ReadonlyMap<string, TableShape>;
  readonly encoding: string;
  readonly serverVersion: number;
}

/** What is read while the dump runs. */
export interface PrimaryRows {
  readonly tables: readonly ManifestTable[];
  readonly views: ReadonlyMap<string, ManifestFingerprint>;
  readonly largeObjects: LargeObjects;
}

/**
 * Locks the tables as well, before the dump starts: else a TRUNCATE that waits for the freezer
 * would make the reading wait behind it.
 */
export async function joinSnapshot(
  session: Session,
  freezer: Freezer,
  sessions: number,
): Promise<Result<void>> {
  const begun = await beginComparing(session, freezer.snapshot);
  if (!begun.ok) return begun;
  if (freezer.tables.length * sessions > MOST_LOCKS) return ok(undefined);
  return runAll(session, lockStatements(freezer.tables));
}

const SERVER = `SELECT pg_catalog.current_setting('server_encoding') AS encoding,
  pg_catalog.current_setting('server_version_num') AS version`;

export async function prepareReading({ lead, freezer, depth }: Reader): Promise<Result<Prepared>> {
  const server = await oneRow(lead, SERVER);
  if (!server.ok) return server;
  const serverVersion = Number(textOf(server.value, "version"));
  const facts =
    depth.level === "counts"
      ? ok({ facts: {}, uncovered: [] })
      : await readFacts(lead, { serverVersion });
  if (!facts.ok) return facts;
  const shapes = await readShapes(
    lead,
    freezer.tables.filter(({ kind }) => kind !== "foreign table").map(({ oid }) => oid),
  );
  if (!shapes.ok) return shapes;
  const encoding = textOf(server.value, "encoding");
  return ok({ facts: facts.value, shapes: shapes.value, encoding, serverVersion });
}

export async function readRows(
  { lead, crew, freezer, depth }: Reader,
  { shapes }: Prepared,
  onRows: (done: number, total: number) => void,
): Promise<Result<PrimaryRows>> {
  const { tables, snapshot } = freezer;
  const [rows, rest] = await Promise.all([
    readTables(crew, { tables, shapes, depth, onRows }),
    readRest(lead, { tables, shapes, depth, snapshot }),
  ]);
  if (!rows.ok) return rows;
  if (!rest.ok) return rest;
  const { views, largeObjects } = rest.value;
  return ok({ tables: withViews(rows.value, views), views, largeObjects });
}

async function readRest(
  lead: Session,
  request: Parameters<typeof readMaterializedViews>[1],
): Promise<Result<Pick<PrimaryRows, "views" | "largeObjects">>> {
  const largeObjects = await readLargeObjects(lead, request.depth.level);
  if (!largeObjects.ok) return largeObjects;
  const ended = await lead.query("COMMIT");
  if (!ended.ok) return ended;
  const views = await readMaterializedViews(lead, request);
  return views.ok ? ok({ views: views.value, largeObjects: largeObjects.value }) : views;
}

/** After the dump: definitions ignore snapshots, so they may have changed while it ran. */
export async function readFactsAgain(
  { lead, freezer, depth }: Reader,
  { facts, serverVersion }: Prepared,
): Promise<Result<Manifest["factsAfter"]>> {
  if (depth.level === "counts") return ok(undefined);
  const begun = await runAll(lead, beginStatements(freezer.snapshot));
  if (!begun.ok) return begun;
  const after = await readFacts(lead, { serverVersion });
  if (!after.ok) return after;
  const ended = await lead.query("COMMIT");
  if (!ended.ok) return ended;
  return ok(sameFacts(facts.facts, after.value.facts) ? undefined : after.value.facts);
}
