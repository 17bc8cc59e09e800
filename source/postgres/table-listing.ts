/** A list of tables as psql's `\dt` lays it out. */
import { display } from "./display.ts";
import type { ManifestTable } from "./manifest.ts";

const TITLES = ["Schema", "Name", "Type", "Owner"] as const;

export function tableListing(tables: readonly ManifestTable[]): readonly string[] {
  const rows = tables.map(({ schema, name, kind, owner }) =>
    [schema, name, kind, owner].map(display),
  );
  const widths = TITLES.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const laid = (cells: readonly string[]) =>
    ` ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")}`.trimEnd();
  return [
    laid(TITLES),
    widths.map((width) => "-".repeat(width + 2)).join("+"),
    ...rows.map(laid),
    `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`,
  ];
}
