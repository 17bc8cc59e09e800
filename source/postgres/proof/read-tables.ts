/** Reads rows of a database's tables as the manifest keeps them. */
import { ok, type Result } from "../../problem.ts";
import { quoteLiteral } from "../identifiers.ts";
import type { ManifestFingerprint, ManifestTable } from "../manifest.ts";
import type { Session } from "../session.ts";
import { runAll } from "../with-session.ts";
import { type CatalogueTable, hasDumpedRows } from "./catalogue.ts";
import type { EarlyRows } from "./early-rows.ts";
import { type Depth, fingerprintTables, type TableTask, taskOf } from "./fingerprint.ts";
import { keyOf } from "./sequences.ts";
import type { TableShape } from "./shapes.ts";
import { type BucketSums, totalOf } from "./sums.ts";

export interface ReadTablesRequest {
  readonly tables: readonly CatalogueTable[];
  readonly shapes: ReadonlyMap<string, TableShape>;
  readonly depth: Depth;
  /** Buckets to use, by `keyOf`: those of the manifest. Without it, as many as the size asks for. */
  readonly buckets?: ReadonlyMap<string, number>;
  /** What was read of the tables before. */
  readonly early?: EarlyRows;
  onRows(done: number, total: number): void;
}

/** Every table of the list; with rows where a dump holds them and they can be read. */
export async function readTables(
  crew: readonly Session[],
  { tables, shapes, depth, buckets, early, onRows }: ReadTablesRequest,
): Promise<Result<readonly ManifestTable[]>> {
  const tasks = new Map(
    tables.flatMap((table) => {
      const shape = shapes.get(table.oid);
      if (shape === undefined || !shape.readable || !hasDumpedRows(table)) return [];
      const given = buckets === undefined ? undefined : (buckets.get(keyOf(table)) ?? 1);
      const task = taskOf(table, shape, depth, given);
      const before = depth.level === "full" ? early?.get(table.oid) : undefined;
      return [[table, before === undefined ? task : { ...task, early: before }] as const];
    }),
  );
  const read = await fingerprintTables(crew, [...tasks.values()], onRows);
  if (!read.ok) return read;
  return ok(
    tables.map((table) => {
      const task = tasks.get(table);
      const sums = task === undefined ? undefined : read.value.get(task);
      const base = describe(table);
      if (task === undefined || sums === undefined) return base;
      const fingerprint = fingerprintOf(sums, task);
      if (depth.level === "counts") return { ...base, rows: fingerprint.rows };
      return { ...base, rows: fingerprint.rows, fingerprint };
    }),
  );
}

function describe({ schema, name, kind, owner }: CatalogueTable): ManifestTable {
  return { schema, name, kind, owner, rows: null };
}

export function fingerprintOf(
  sums: BucketSums,
  { buckets, shape }: Pick<TableTask, "buckets" | "shape">,
): ManifestFingerprint {
  const { rows, hashed, sumA, sumB } = totalOf(sums);
  const total = { rows, hashed, sumA: String(sumA), sumB: String(sumB) };
  if (buckets <= 1) return total;
  const parts = Array.from({ length: buckets }, (_, bucket) => {
    const part = sums.get(bucket);
    return part === undefined ? "" : `${part.rows} ${part.sumA}`;
  });
  const by = shape.key.length === 0 ? {} : { bucketsBy: [...shape.key] };
  return { ...total, buckets: parts, ...by };
}

export interface ReadViewsRequest {
  readonly tables: readonly CatalogueTable[];
  readonly shapes: ReadonlyMap<string, TableShape>;
  readonly depth: Depth;
  /** Of an exported snapshot; each view is read in a transaction of its own. */
  readonly snapshot: string;
}

/**
 * Materialized views, by `keyOf`. The lock on each is let go right away, since it would keep a
 * REFRESH waiting. One that cannot be read now is left out: they are no part of a dump.
 */
export async function readMaterializedViews(
  session: Session,
  { tables, shapes, depth, snapshot }: ReadViewsRequest,
): Promise<Result<ReadonlyMap<string, ManifestFingerprint>>> {
  const views = new Map<string, ManifestFingerprint>();
  if (depth.level === "counts") return ok(views);
  for (const table of tables) {
    const shape = shapes.get(table.oid);
    if (table.kind !== "materialized view" || shape?.readable !== true) continue;
    const begun = await runAll(session, [
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      `SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}`,
      "SET LOCAL lock_timeout = '2s'",
    ]);
    if (!begun.ok) return begun;
    const task = taskOf(table, shape, depth, 1);
    const read = await fingerprintTables([session], [task]);
    const ended = await session.query("ROLLBACK");
    if (!ended.ok) return ended;
    const sums = read.ok ? read.value.get(task) : undefined;
    if (sums !== undefined) views.set(keyOf(table), fingerprintOf(sums, task));
  }
  return ok(views);
}

export function withViews(
  tables: readonly ManifestTable[],
  views: ReadonlyMap<string, ManifestFingerprint>,
): readonly ManifestTable[] {
  return tables.map((table) => {
    const fingerprint = views.get(keyOf(table));
    return fingerprint === undefined ? table : { ...table, fingerprint };
  });
}
