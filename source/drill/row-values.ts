/**
 * What rows hold that differ: for an operator's eyes, on request, and gone when they look away.
 * Never part of an event, a report, a log line or an export.
 */
import type { RowKey } from "./types.ts";

export interface RowsRequest {
  /** Id of the drill that made the restore database. */
  readonly drill: string;
  /** The restore database. */
  readonly database: string;
  readonly rows: readonly RowKey[];
}

export interface RowValues {
  /** `public.games row (7)`. */
  readonly title: string;
  /** What is to be known beside the values: that one side has no such row. */
  readonly note?: string;
  /** Columns that differ; all of them where only one side has the row. */
  readonly columns: readonly ColumnValues[];
}

/** Each value on one line, clipped; null is NULL, and absent where that side has no such row. */
export interface ColumnValues {
  readonly name: string;
  readonly primary?: string | null;
  readonly restored?: string | null;
}
