/** What a proof of each level covers and what it does not, in words. Pure. */
import { formatAmount, formatCount } from "../../drill/units.ts";
import { displayList } from "../display.ts";
import type { Manifest } from "../manifest.ts";
import { nameOf, type RowDifference } from "./compare-rows.ts";
import { SAMPLE_PERCENT } from "./fingerprint.ts";
import { totalRows } from "./total-rows.ts";

export interface Coverage {
  readonly manifest: Manifest;
  /** Sequences that cannot be judged. */
  readonly uncertain: readonly string[];
  /** What could not be read of the restored database's definitions. */
  readonly uncovered: readonly string[];
}

const NEVER = "roles and tablespaces: they belong to the server, not to the database";

/** What counts never look at; said in every such proof so that nobody takes them for more. */
export const NEVER_AT_COUNTS: readonly string[] = [
  "what the rows hold: only their number was compared",
  "definitions: columns, indexes, constraints, views, functions, triggers, policies, grants",
  "what large objects hold, extensions and their versions",
  "database settings, encoding and collation versions",
  NEVER,
];

export function coveredWords({ manifest, uncertain }: Coverage): readonly string[] {
  const { tables, largeObjects, facts } = manifest;
  const sequences = manifest.sequences.length - uncertain.length;
  return [
    `the list of ${formatAmount(tables.length, "table")}, with kind and owner`,
    ...rowWords(manifest),
    `the position of ${formatAmount(sequences, "sequence")}`,
    ...(largeObjects === undefined || largeObjects.objects === 0
      ? []
      : [
          `${manifest.level === "counts" ? "the number of" : "contents of"} ${formatAmount(largeObjects.objects, "large object")}`,
        ]),
    ...(facts === undefined || manifest.level === "counts" ? [] : factWords(facts)),
  ];
}

/** When the primary went on while it was looked at, in words. */
export function meanwhile({ dump }: Pick<Manifest, "dump">): string {
  return dump === undefined ? "between the two readings of the source" : "while the dump ran";
}

function rowWords(manifest: Manifest): readonly string[] {
  const when =
    manifest.dump === undefined ? "as the source held them" : "at the dump's own snapshot";
  const counted = manifest.tables.filter(({ rows }) => rows !== null);
  const tables = formatAmount(counted.length, "table");
  const rows = formatAmount(totalRows(counted), "row");
  switch (manifest.level) {
    case "full":
      return [`every row of ${tables}: ${rows}, all their columns, ${when}`];
    case "sampled":
      return [`the number of rows of ${tables}: ${rows} ${when}`, sampleWords(manifest)];
    case "counts":
      return [`the number of rows of ${tables}: ${rows} ${when}`];
  }
}

function sampleWords({ tables, sample = SAMPLE_PERCENT }: Manifest): string {
  const hashed = tables.reduce((sum, table) => sum + (table.fingerprint?.hashed ?? 0), 0);
  const missed = [1, 10, 50]
    .map((rows) => `in ${formatAmount(rows, "row")} ${percent((1 - sample / 100) ** rows)}`)
    .join(", ");
  return `all columns of a fixed sample of ${sample} % of the rows (${formatCount(hashed)} of them); the probability that a change is missed: ${missed}`;
}

/** `35 %`, `0.52 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function factWords(facts: NonNullable<Manifest["facts"]>): readonly string[] {
  const kinds = Object.entries(facts).map(
    ([kind, objects]) => `${formatCount(Object.keys(objects).length)} × ${kind}`,
  );
  return kinds.length === 0 ? [] : [`definitions: ${kinds.join(", ")}`];
}

export function notCoveredWords({ manifest, uncertain, uncovered }: Coverage): readonly string[] {
  const { level, sample = SAMPLE_PERCENT } = manifest;
  const own = {
    full: [NEVER],
    sampled: [
      `what the other ${100 - sample} % of the rows hold: only their number was compared`,
      NEVER,
    ],
    counts: NEVER_AT_COUNTS,
  };
  return [
    ...new Set([
      ...own[level],
      ...manifest.notCovered,
      ...uncovered,
      ...(uncertain.length === 0
        ? []
        : [`sequences that went backwards ${meanwhile(manifest)}: ${displayList(uncertain)}`]),
    ]),
  ];
}

/** A restore fills them anew, from what it restored. */
export function warningsOfViews(views: readonly RowDifference[]): readonly string[] {
  return views.map(
    ({ expected, told }) =>
      `materialized view ${nameOf(expected)} was stale on the primary: ${told.expected} there, ${told.observed} once filled anew`,
  );
}
