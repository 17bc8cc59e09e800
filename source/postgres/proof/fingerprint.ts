/** Fingerprints of tables: how many rows, and what they hold, in two sums. */
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { displayQualified } from "../display.ts";
import type { Row, Session } from "../session.ts";
import { numberOf } from "../with-session.ts";
import type { CatalogueTable } from "./catalogue.ts";
import { shareOut } from "./crew.ts";
import { type EarlyTable, earlyPiece, isUnchanged } from "./early-rows.ts";
import { type BlockRange, type ProofLevel, sumStatement } from "./row-text.ts";
import type { TableShape } from "./shapes.ts";
import { addBuckets, type BucketSums, bucketCount } from "./sums.ts";

export interface TableTask {
  readonly table: Pick<CatalogueTable, "schema" | "name">;
  readonly shape: TableShape;
  readonly level: ProofLevel;
  /** Percent of the rows that `sampled` hashes. */
  readonly sample: number;
  readonly buckets: number;
  /** A query to read instead of the table. */
  readonly query?: string;
  /** What was read of it before. */
  readonly early?: EarlyTable;
}

export interface Depth {
  readonly level: ProofLevel;
  readonly sample: number;
}

/** Percent of the rows, at the level `sampled`. */
export const SAMPLE_PERCENT = 10;

/** Blocks in one piece at least: 32 MB of 8 kB blocks. */
const PIECE_BLOCKS = 4_096;
const MOST_PIECES = 64;

export interface Piece {
  readonly task: TableTask;
  readonly weight: number;
  readonly blocks?: BlockRange;
}

export function taskOf(
  table: Pick<CatalogueTable, "schema" | "name">,
  shape: TableShape,
  { level, sample }: Depth,
  buckets = level === "full" ? bucketCount(shape.estimatedRows) : 1,
): TableTask {
  return { table, shape, level, sample, buckets };
}

/** `onRows` hears how many rows are done, and about how many there are. */
export async function fingerprintTables(
  crew: readonly Session[],
  tasks: readonly TableTask[],
  onRows: (done: number, total: number) => void = () => {},
): Promise<Result<ReadonlyMap<TableTask, BucketSums>>> {
  // The largest first: a large one begun last would keep one session busy while others wait.
  const pieces = tasks.flatMap(piecesOf).sort((a, b) => b.weight - a.weight);
  const estimate = tasks.reduce((sum, { shape }) => sum + shape.estimatedRows, 0);
  let done = 0;
  const parts = await shareOut(crew, pieces, async (session, piece) => {
    const sums = await earlyOrRead(session, piece);
    if (!sums.ok) return sums;
    for (const { rows } of sums.value.values()) done += rows;
    onRows(done, Math.max(done, estimate));
    return ok({ task: piece.task, sums: sums.value });
  });
  if (!parts.ok) return parts;
  const grouped = Map.groupBy(parts.value, ({ task }) => task);
  return ok(
    new Map(
      tasks.map((task) => [task, addBuckets((grouped.get(task) ?? []).map(({ sums }) => sums))]),
    ),
  );
}

export function piecesOf(task: TableTask): readonly Piece[] {
  const { blocks, bytes, condition } = task.shape;
  const size = Math.max(PIECE_BLOCKS, Math.ceil(blocks / MOST_PIECES));
  if (blocks < 2 * size || condition !== "") return [{ task, weight: bytes }];
  const count = Math.floor(blocks / size);
  return Array.from({ length: count }, (_, at) => {
    const from = at * size;
    // The last one has no end: the table may have grown since it was measured.
    const range = at === count - 1 ? { from } : { from, to: from + size };
    return { task, weight: bytes / count, blocks: range };
  });
}

async function earlyOrRead(session: Session, piece: Piece): Promise<Result<BucketSums>> {
  const { task, blocks } = piece;
  const early = earlyPiece(task.early, task, blocks);
  if (early === undefined) return fingerprintPiece(session, piece);
  const range = blocks === undefined ? {} : { blocks };
  const unchanged = await isUnchanged(
    session,
    { ...task.table, shape: task.shape, ...range },
    early,
  );
  if (!unchanged.ok) return fail(unreadable(task, unchanged.problem));
  return unchanged.value ? ok(early.sums) : fingerprintPiece(session, piece);
}

export async function fingerprintPiece(
  session: Session,
  { task, blocks }: Piece,
): Promise<Result<BucketSums>> {
  const { table, shape, level, sample, buckets, query } = task;
  const { schema, name } = table;
  const range = {
    ...(blocks === undefined ? {} : { blocks }),
    ...(query === undefined ? {} : { query }),
  };
  const rows = await session.query(
    sumStatement({ schema, name, shape, level, sample, buckets, ...range }),
  );
  if (!rows.ok) return fail(unreadable(task, rows.problem));
  return ok(new Map(rows.value.map((row) => [Number(row.bucket ?? 0), sumsOf(row)])));
}

function sumsOf(row: Row) {
  return {
    rows: numberOf(row, "rows"),
    hashed: numberOf(row, "hashed"),
    sumA: BigInt(row.a ?? 0),
    sumB: BigInt(row.b ?? 0),
  };
}

function unreadable({ table }: TableTask, problem: Problem): Problem {
  if (problem.code === "interrupted") return problem;
  const name = displayQualified(table.schema, table.name);
  const { hint, ...rest } = problem;
  const hidden = /row-level security/u.test(problem.message);
  return {
    ...rest,
    message: `The rows of ${name} could not be compared: ${problem.message}`,
    hint: hidden
      ? "This user cannot see every row, so nothing can be proven: use one that bypasses row-level security (BYPASSRLS)."
      : (hint ?? "The environment's user must be allowed to read every table."),
  };
}
