/** What a comparison cannot cover, in words. */
import { displayList, displayQualified } from "../display.ts";
import type { CatalogueSequence, CatalogueTable } from "./catalogue.ts";
import { keyOf } from "./sequences.ts";
import type { TableShape } from "./shapes.ts";

export interface LeftOut {
  readonly tables: readonly CatalogueTable[];
  readonly shapes: ReadonlyMap<string, TableShape>;
  readonly sequences: readonly CatalogueSequence[];
  /** Whether a dump was made beside the reading. */
  readonly dumps: boolean;
  /** Made meanwhile. */
  readonly appeared: readonly string[];
  /** Materialized views that were read, by `keyOf`. */
  readonly views: { has(key: string): boolean };
}

export function leftOut(all: LeftOut): readonly string[] {
  const { tables, shapes, sequences, appeared, views, dumps } = all;
  return [
    ...named(
      "rows of foreign tables, which no dump holds",
      tables.filter(({ kind }) => kind === "foreign table"),
    ),
    ...named(
      "rows of unlogged tables, which a standby does not have",
      tables.filter(({ kind, oid }) => kind === "table" && shapes.get(oid)?.readable === false),
    ),
    ...named(
      "rows of materialized views that could not be read or were never filled",
      tables.filter((table) => table.kind === "materialized view" && !views.has(keyOf(table))),
    ),
    ...named(
      "rows of tables that belong to an extension, which a dump leaves to it",
      tables.filter(({ extensionMember, kind }) => extensionMember && kind === "table"),
    ),
    ...named(
      "rows that the condition of an extension leaves out of dumps of its tables",
      tables.filter(({ oid }) => (shapes.get(oid)?.condition ?? "") !== ""),
    ),
    ...named(
      "positions of sequences that could not be read: no right to, or unlogged on a standby",
      sequences.filter(({ readable }) => !readable),
    ),
    ...(appeared.length === 0
      ? []
      : [
          `tables made while ${dumps ? "the dump ran, which it does not hold" : "the source was read, which were not read"}: ${displayList(appeared)}`,
        ]),
  ];
}

function named(
  label: string,
  things: readonly { readonly schema: string; readonly name: string }[],
): readonly string[] {
  if (things.length === 0) return [];
  return [`${label}: ${displayList(things.map((one) => displayQualified(one.schema, one.name)))}`];
}
