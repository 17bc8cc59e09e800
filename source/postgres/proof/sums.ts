/** Sums over rows, and how sums of parts become the sum of the whole. Pure. */

export interface RowSums {
  readonly rows: number;
  /** How many of the rows were hashed. */
  readonly hashed: number;
  readonly sumA: bigint;
  readonly sumB: bigint;
}

export const NO_ROWS: RowSums = { rows: 0, hashed: 0, sumA: 0n, sumB: 0n };

/** Exact, so that no order and no partition of the rows matters. */
export function addSums(left: RowSums, right: RowSums): RowSums {
  return {
    rows: left.rows + right.rows,
    hashed: left.hashed + right.hashed,
    sumA: left.sumA + right.sumA,
    sumB: left.sumB + right.sumB,
  };
}

/** By bucket; rows of a statement that has none are all of bucket 0. */
export type BucketSums = ReadonlyMap<number, RowSums>;

export function addBuckets(parts: readonly BucketSums[]): BucketSums {
  const sums = new Map<number, RowSums>();
  for (const part of parts) {
    for (const [bucket, sum] of part) sums.set(bucket, addSums(sums.get(bucket) ?? NO_ROWS, sum));
  }
  return sums;
}

export function totalOf(buckets: BucketSums): RowSums {
  return [...buckets.values()].reduce(addSums, NO_ROWS);
}

/** So many rows are worth a bucket of their own; the manifest stays small. */
const ROWS_PER_BUCKET = 1_000;
const MOST_BUCKETS = 256;

/** A power of two; 1 where the table is too small for buckets to tell anything. */
export function bucketCount(estimatedRows: number): number {
  const wanted = estimatedRows / ROWS_PER_BUCKET;
  let buckets = 1;
  while (buckets < MOST_BUCKETS && buckets < wanted) buckets *= 2;
  return buckets;
}
