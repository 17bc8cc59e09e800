/**
 * Sums of rows that were read before the proof, while a restore was still building indexes, and the
 * test that they are those of the proof's own snapshot.
 *
 * A version of a row never changes. When a piece of a table has as many rows now as it had then, and
 * each of them was written by a transaction that was over before that first look began, then they are
 * the same ones: a row that was changed or put in the place of another is of a later transaction.
 * What changes values without touching rows (a column dropped and added again) shows in the layout.
 */
import type { Target } from "../../environment/target.ts";
import { ok, type Result } from "../../problem.ts";
import type { Session } from "../session.ts";
import { numberOf, oneRow } from "../with-session.ts";
import { type BlockRange, fromRows } from "./row-text.ts";
import type { TableShape } from "./shapes.ts";
import { type BucketSums, totalOf } from "./sums.ts";

export interface EarlyPiece {
  readonly blocks?: BlockRange;
  readonly sums: BucketSums;
  /** Transaction id: whatever is older was over when this was read. */
  readonly horizon: string;
}

export interface EarlyTable {
  readonly shape: TableShape;
  readonly buckets: number;
  readonly pieces: readonly EarlyPiece[];
}

/** By OID. */
export type EarlyRows = ReadonlyMap<string, EarlyTable>;

const kept = new WeakMap<Target, Map<string, EarlyRows>>();

/** For the proof of this database in this process. */
export function keepEarlyRows(target: Target, database: string, rows: EarlyRows): void {
  const ofTarget = kept.get(target) ?? new Map<string, EarlyRows>();
  kept.set(target, ofTarget.set(database, rows));
}

export function earlyRowsOf(target: Target, database: string): EarlyRows {
  return kept.get(target)?.get(database) ?? new Map();
}

/** The piece, if it was read early and in the same way. */
export function earlyPiece(
  early: EarlyTable | undefined,
  task: { readonly shape: TableShape; readonly buckets: number },
  blocks: BlockRange | undefined,
): EarlyPiece | undefined {
  if (early === undefined || early.buckets !== task.buckets) return undefined;
  if (wayOf(early.shape) !== wayOf(task.shape)) return undefined;
  return early.pieces.find(
    (piece) => piece.blocks?.from === blocks?.from && piece.blocks?.to === blocks?.to,
  );
}

function wayOf({ columns, key, layout }: TableShape): string {
  return JSON.stringify([columns, key, layout]);
}

export async function isUnchanged(
  session: Session,
  table: Parameters<typeof fromRows>[0],
  piece: EarlyPiece,
): Promise<Result<boolean>> {
  const counted = await oneRow(
    session,
    `SELECT pg_catalog.count(*)::text AS rows, pg_catalog.count(*) FILTER (WHERE pg_catalog.age(xmin) <= pg_catalog.age('${piece.horizon}'::pg_catalog.xid))::text AS newer ${fromRows(table)}`,
  );
  if (!counted.ok) return counted;
  const { rows } = totalOf(piece.sums);
  return ok(numberOf(counted.value, "newer") === 0 && numberOf(counted.value, "rows") === rows);
}
