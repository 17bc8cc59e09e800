/** Reads from a restored database what the manifest says of its backup. */
import { availableParallelism } from "node:os";
import type { Target } from "../../environment/target.ts";
import { ok, type Result } from "../../problem.ts";
import { restoreNameProblem } from "../maintenance.ts";
import type { Manifest } from "../manifest.ts";
import type { Session } from "../session.ts";
import { oneRow, textOf } from "../with-session.ts";
import { listSequences, listTables } from "./catalogue.ts";
import type { Restored } from "./compare.ts";
import { sameFingerprint } from "./compare-rows.ts";
import { withCrew } from "./crew.ts";
import type { EarlyRows } from "./early-rows.ts";
import { readFacts } from "./facts/read-facts.ts";
import { fillAnew } from "./fill-anew.ts";
import type { Depth } from "./fingerprint.ts";
import { SAMPLE_PERCENT } from "./fingerprint.ts";
import { readLargeObjects } from "./large-objects.ts";
import { readMaterializedViews, readTables, withViews } from "./read-tables.ts";
import { keyOf, readSequences } from "./sequences.ts";
import { beginComparing } from "./settings.ts";
import { readShapes } from "./shapes.ts";

export interface ReadRestoredOptions {
  readonly database: string;
  readonly signal: AbortSignal;
  /** What was read while the restore went on. */
  readonly early?: EarlyRows;
  onRows(done: number, total: number): void;
}

/** Nobody else uses the restored database: as many sessions as this host would bear. */
const CREW = Math.max(2, Math.min(4, availableParallelism()));
export const PROOF_SESSIONS = { least: 3, most: CREW + 2 } as const;

/** All of it in one snapshot, as deep as the manifest goes. */
export async function readRestored(
  target: Target,
  manifest: Manifest,
  options: ReadRestoredOptions,
): Promise<Result<Restored>> {
  const name = restoreNameProblem(target, options.database);
  return name.ok ? readCopy(target, manifest, options) : name;
}

/** The same of a database on a server of its own, where it has the primary's name. */
export async function readCopy(
  target: Target,
  manifest: Manifest,
  { database, signal, early, onRows }: ReadRestoredOptions,
): Promise<Result<Restored>> {
  let snapshot: string | undefined;
  const begin = async (session: Session): Promise<Result<void>> => {
    const begun = await beginComparing(session, snapshot);
    if (!begun.ok || snapshot !== undefined) return begun;
    const exported = await oneRow(session, "SELECT pg_catalog.pg_export_snapshot() AS snapshot");
    if (!exported.ok) return exported;
    snapshot = textOf(exported.value, "snapshot");
    return begun;
  };
  const session = { database, role: "restore", purpose: "proof", patient: true } as const;
  return withCrew(
    target,
    { session, size: PROOF_SESSIONS.most, least: PROOF_SESSIONS.least, signal, begin },
    ([lead, other, ...crew]) => {
      if (lead === undefined || other === undefined || snapshot === undefined) {
        throw new Error("A crew without a snapshot.");
      }
      return readAll({
        ...{ lead, other, crew, snapshot, manifest, onRows },
        ...(early === undefined ? {} : { early }),
      });
    },
  );
}

interface Reading {
  /** Holds the snapshot. */
  readonly lead: Session;
  /** Reads materialized views, each in a transaction of its own. */
  readonly other: Session;
  readonly crew: readonly Session[];
  readonly snapshot: string;
  readonly manifest: Manifest;
  readonly early?: EarlyRows;
  onRows(done: number, total: number): void;
}

const SERVER = `SELECT pg_catalog.current_setting('server_encoding') AS encoding,
  pg_catalog.current_setting('server_version_num') AS version`;

async function readAll(reading: Reading): Promise<Result<Restored>> {
  const { lead, manifest } = reading;
  const server = await oneRow(lead, SERVER);
  if (!server.ok) return server;
  const listed = await listTables(lead);
  if (!listed.ok) return listed;
  const shapes = await readShapes(
    lead,
    listed.value.filter(({ kind }) => kind !== "foreign table").map(({ oid }) => oid),
  );
  if (!shapes.ok) return shapes;
  const depth: Depth = { level: manifest.level, sample: manifest.sample ?? SAMPLE_PERCENT };
  const buckets = new Map(
    manifest.tables.map((table) => [keyOf(table), table.fingerprint?.buckets?.length ?? 1]),
  );
  const request = { tables: listed.value, shapes: shapes.value, depth };
  const [rows, rest] = await Promise.all([
    readTables(reading.crew, {
      ...{ ...request, buckets, onRows: reading.onRows },
      ...(reading.early === undefined ? {} : { early: reading.early }),
    }),
    readRest(reading, request, Number(textOf(server.value, "version"))),
  ]);
  if (!rows.ok) return rows;
  if (!rest.ok) return rest;
  const { views, ...others } = rest.value;
  return ok({
    ...others,
    encoding: textOf(server.value, "encoding"),
    tables: withViews(rows.value, views),
  });
}

async function readRest(
  { lead, other, manifest, snapshot }: Reading,
  request: Omit<Parameters<typeof readMaterializedViews>[1], "snapshot">,
  serverVersion: number,
) {
  const found = await listSequences(lead);
  if (!found.ok) return found;
  const sequences = await readSequences(lead, found.value);
  if (!sequences.ok) return sequences;
  const deep = manifest.format >= 2;
  const facts =
    deep && manifest.level !== "counts"
      ? await readFacts(lead, { serverVersion })
      : ok({ facts: {}, uncovered: [] });
  if (!facts.ok) return facts;
  const largeObjects = deep ? await readLargeObjects(lead, manifest.level) : ok(undefined);
  if (!largeObjects.ok) return largeObjects;
  const ended = await other.query("COMMIT");
  if (!ended.ok) return ended;
  const views = await readMaterializedViews(other, { ...request, snapshot });
  if (!views.ok) return views;
  const primary = new Map(manifest.tables.map((table) => [keyOf(table), table.fingerprint]));
  const filledAnew = await fillAnew(other, { ...request, snapshot }, (key) => {
    const before = primary.get(key);
    const now = views.value.get(key);
    return before !== undefined && (now === undefined || !sameFingerprint(before, now));
  });
  if (!filledAnew.ok) return filledAnew;
  return ok({
    sequences: sequences.value,
    facts: facts.value,
    largeObjects: largeObjects.value,
    views: views.value,
    filledAnew: filledAnew.value,
  });
}
