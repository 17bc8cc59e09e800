import type { ManifestTable } from "../manifest.ts";

/** Of the tables whose rows a dump holds. */
export function totalRows(tables: readonly ManifestTable[]): number {
  return tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}
