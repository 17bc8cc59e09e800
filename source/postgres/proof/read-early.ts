/**
 * Reads rows of a restored database while pg_restore builds its last indexes and leaves processors
 * idle. The proof tests afterwards that nothing in them has changed.
 */
import type { Target } from "../../environment/target.ts";
import { ok, type Result } from "../../problem.ts";
import { delay } from "../../process/group.ts";
import { displayQualified } from "../display.ts";
import type { Manifest } from "../manifest.ts";
import type { Row, Session } from "../session.ts";
import { numberOf, oneRow, runAll, textOf, withSession } from "../with-session.ts";
import type { EarlyPiece, EarlyRows, EarlyTable } from "./early-rows.ts";
import {
  type Depth,
  fingerprintPiece,
  type Piece,
  piecesOf,
  SAMPLE_PERCENT,
  type TableTask,
  taskOf,
} from "./fingerprint.ts";
import { keyOf } from "./sequences.ts";
import { COMPARING_SETTINGS } from "./settings.ts";
import { readShapes, type TableShape } from "./shapes.ts";

export interface EarlyRequest {
  readonly database: string;
  readonly manifest: Pick<Manifest, "format" | "level" | "tables">;
  readonly signal: AbortSignal;
  /** Of pg_restore. With fewer of them at work, there is room for reading. */
  readonly workers: number;
  /** For the operator. */
  note(text: string): void;
}

export interface EarlyReader {
  /** What was read so far. */
  stop(): Promise<EarlyRows>;
}

const LOOK_MS = 200;

const EVERY_ROW: Depth = { level: "full", sample: SAMPLE_PERCENT };

/** A smaller table is read in no time. */
const LEAST_BYTES = 8 * 1024 * 1024;

const AT_WORK = `SELECT pg_catalog.count(*)::text AS workers FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND state = 'active' AND pid <> pg_catalog.pg_backend_pid()`;

/**
 * Tables that nobody fills, or waits to lock for himself, and whose values print the same whatever
 * becomes of the definitions, or else show it in their layout: types of the server's own, and enums.
 * The largest first.
 */
const READABLE = `SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.oid >= 16384
  AND pg_catalog.pg_relation_size(c.oid) >= ${LEAST_BYTES}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.relation = c.oid
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND l.mode IN ('RowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.oid >= 16384 AND t.typtype <> 'e')
ORDER BY pg_catalog.pg_relation_size(c.oid) DESC`;

/** Rows older than this were written by transactions that are over. */
const HORIZON =
  "SELECT (pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::numeric % 4294967296)::text AS horizon";

/** What cannot be read now is read by the proof: no error of this reader matters. */
export function readEarly(target: Target, request: EarlyRequest): EarlyReader {
  const tables = new Map<string, EarlyTable>();
  let over = !isWorthwhile(request);
  const { database, signal } = request;
  const options = { database, role: "restore", purpose: "reading early", signal } as const;
  const reading = over
    ? Promise.resolve()
    : withSession<void>(target, options, async (session) => {
        const set = await runAll(session, [
          [...COMPARING_SETTINGS, "SET lock_timeout = '50ms'"].join("; "),
        ]);
        while (set.ok && !over && !signal.aborted) {
          const read = await readNext(session, request, tables);
          if (!read.ok || !read.value) await delay(LOOK_MS);
        }
        return set;
      });
  return {
    async stop() {
      over = true;
      await reading;
      return tables;
    },
  };
}

function isWorthwhile({ manifest }: EarlyRequest): boolean {
  return manifest.format >= 3 && manifest.level === "full";
}

/** Whether there was room, and anything to read. */
async function readNext(
  session: Session,
  { manifest, workers, note }: EarlyRequest,
  tables: Map<string, EarlyTable>,
): Promise<Result<boolean>> {
  const working = await oneRow(session, AT_WORK);
  if (!working.ok) return working;
  if (numberOf(working.value, "workers") >= workers) return ok(false);
  const readable = await session.query(READABLE);
  if (!readable.ok) return readable;
  const shapes = await readShapes(
    session,
    readable.value.map((row) => textOf(row, "oid")),
  );
  if (!shapes.ok) return shapes;
  for (const row of readable.value) {
    const task = taskFor(row, shapes.value, manifest);
    if (task === undefined) continue;
    const { shape, buckets } = task;
    const early = tables.get(shape.oid) ?? { shape, buckets, pieces: [] };
    const next = piecesOf(task).find((piece) => !early.pieces.some((one) => isSame(one, piece)));
    if (next === undefined) continue;
    const piece = await readPiece(session, next);
    if (!piece.ok) return piece;
    if (early.pieces.length === 0) {
      const { schema, name } = task.table;
      note(`Reading rows of ${displayQualified(schema, name)} while other work goes on.`);
    }
    tables.set(shape.oid, { ...early, pieces: [...early.pieces, piece.value] });
    return ok(true);
  }
  return ok(false);
}

/** Until its key is there, its rows would be grouped otherwise than in the manifest. */
function taskFor(
  row: Row,
  shapes: ReadonlyMap<string, TableShape>,
  manifest: EarlyRequest["manifest"],
): TableTask | undefined {
  const table = { schema: textOf(row, "schema"), name: textOf(row, "name") };
  const shape = shapes.get(textOf(row, "oid"));
  const before = manifest.tables.find((one) => keyOf(one) === keyOf(table))?.fingerprint;
  if (shape === undefined || before === undefined || shape.condition !== "") return undefined;
  const { buckets = [], bucketsBy = [] } = before;
  if (buckets.length > 1 && shape.key.join("\0") !== bucketsBy.join("\0")) return undefined;
  return taskOf(table, shape, EVERY_ROW, Math.max(1, buckets.length));
}

function isSame(early: EarlyPiece, { blocks }: Piece): boolean {
  return early.blocks?.from === blocks?.from && early.blocks?.to === blocks?.to;
}

/** In a transaction of its own: a lock that is held for long would keep pg_restore waiting. */
async function readPiece(session: Session, piece: Piece): Promise<Result<EarlyPiece>> {
  const begun = await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (!begun.ok) return begun;
  const read = await readInside(session, piece);
  const ended = await session.query("ROLLBACK");
  return read.ok && !ended.ok ? ended : read;
}

async function readInside(session: Session, piece: Piece): Promise<Result<EarlyPiece>> {
  const row = await oneRow(session, HORIZON);
  if (!row.ok) return row;
  const sums = await fingerprintPiece(session, piece);
  if (!sums.ok) return sums;
  const { blocks } = piece;
  return ok({
    sums: sums.value,
    horizon: textOf(row.value, "horizon"),
    ...(blocks === undefined ? {} : { blocks }),
  });
}
