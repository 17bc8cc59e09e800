/** Values of rows for the screen: whatever is secret is masked there as well. */
import type { ColumnValues, RowsRequest, RowValues } from "../drill/row-values.ts";
import type { Target } from "../environment/target.ts";
import { readRowValues } from "../postgres/proof/row-values.ts";
import { ok, type Result } from "../problem.ts";
import { createRedactor } from "../process/redact.ts";

export async function rowValuesToShow(
  target: Target,
  request: RowsRequest,
  signal: AbortSignal,
): Promise<Result<readonly RowValues[]>> {
  const read = await readRowValues(target, request, signal);
  if (!read.ok) return read;
  const { redact } = createRedactor(target.secrets);
  const masked = (side: "primary" | "restored", { [side]: value }: ColumnValues) =>
    value === undefined ? {} : { [side]: value === null ? null : redact(value) };
  return ok(
    read.value.map((row) => ({
      ...row,
      title: redact(row.title),
      columns: row.columns.map((column) => ({
        name: column.name,
        ...masked("primary", column),
        ...masked("restored", column),
      })),
    })),
  );
}
