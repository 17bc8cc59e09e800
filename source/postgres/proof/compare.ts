/** Compares a restored database with the manifest of its backup. Pure. */
import type { ProofDifference, ProofSummary } from "../../drill/types.ts";
import { formatAmount, formatCount } from "../../drill/units.ts";
import { displayList, displayQualified } from "../display.ts";
import type { Manifest, ManifestTable } from "../manifest.ts";
import { totalRows } from "./counts.ts";
import {
  describePosition,
  describeRange,
  judgeSequence,
  keyOf,
  type SequenceReading,
} from "./sequences.ts";

export interface Restored {
  readonly tables: readonly ManifestTable[];
  readonly sequences: readonly SequenceReading[];
}

/** What this level never looks at; said in every proof so that nobody takes counts for more. */
export const NEVER_AT_COUNTS: readonly string[] = [
  "what the rows hold: only their number was compared",
  "definitions: columns, indexes, constraints, views, functions, triggers, policies, grants",
  "large objects, extensions and their versions",
  "database settings, encoding and collation versions",
  "roles and tablespaces: they belong to the server, not to the database",
];

export function compareRestored(manifest: Manifest, restored: Restored): ProofSummary {
  const uncertain: string[] = [];
  const differences = [
    ...tableListDifferences(manifest.tables, restored.tables),
    ...rowDifferences(manifest.tables, restored.tables),
    ...sequenceDifferences(manifest, restored, uncertain),
  ];
  const counted = manifest.tables.filter(({ rows }) => rows !== null);
  return {
    level: "counts",
    verdict: differences.length === 0 ? "equal" : "different",
    tables: counted.length,
    rows: totalRows(manifest.tables),
    sequences: manifest.sequences.length - uncertain.length,
    covered: [
      `the list of ${formatAmount(manifest.tables.length, "table")}, with kind and owner`,
      `the number of rows of ${formatAmount(counted.length, "table")}: ${formatAmount(totalRows(counted), "row")} at the dump's own snapshot`,
      `the position of ${formatAmount(manifest.sequences.length - uncertain.length, "sequence")}`,
    ],
    notCovered: [
      ...NEVER_AT_COUNTS,
      ...manifest.notCovered,
      ...(uncertain.length === 0
        ? []
        : [`sequences that went backwards while the dump ran: ${displayList(uncertain)}`]),
    ],
    differences,
    snapshot: manifest.snapshot,
  };
}

export function tableListDifferences(
  expected: readonly ManifestTable[],
  observed: readonly ManifestTable[],
): readonly ProofDifference[] {
  const before = new Map(expected.map((table) => [keyOf(table), table]));
  const after = new Map(observed.map((table) => [keyOf(table), table]));
  const missing = expected.filter((table) => !after.has(keyOf(table)));
  const unexpected = observed.filter((table) => !before.has(keyOf(table)));
  const changed = expected.flatMap((table) => {
    const other = after.get(keyOf(table));
    if (other === undefined || describeTable(other) === describeTable(table)) return [];
    return [
      {
        object: nameOf(table),
        expected: describeTable(table),
        observed: describeTable(other),
      },
    ];
  });
  return [
    ...missing.map((table) => ({
      object: nameOf(table),
      expected: describeTable(table),
      observed: "missing",
    })),
    ...unexpected.map((table) => ({
      object: nameOf(table),
      expected: "no such table",
      observed: describeTable(table),
    })),
    ...changed,
  ];
}

function rowDifferences(
  expected: readonly ManifestTable[],
  observed: readonly ManifestTable[],
): readonly ProofDifference[] {
  const after = new Map(observed.map((table) => [keyOf(table), table]));
  return expected.flatMap((table) => {
    const other = after.get(keyOf(table));
    // A missing table is told once, by the list.
    if (table.rows === null || other === undefined || other.rows === table.rows) return [];
    return [
      {
        object: nameOf(table),
        expected: formatAmount(table.rows, "row"),
        observed: other.rows === null ? "rows not counted" : rowsAgainst(other.rows, table.rows),
      },
    ];
  });
}

function rowsAgainst(observed: number, expected: number): string {
  const by = observed - expected;
  const how = by > 0 ? `${formatCount(by)} too many` : `${formatCount(-by)} missing`;
  return `${formatAmount(observed, "row")} (${how})`;
}

function sequenceDifferences(
  manifest: Manifest,
  restored: Restored,
  uncertain: string[],
): readonly ProofDifference[] {
  const after = new Map(restored.sequences.map((reading) => [keyOf(reading), reading]));
  const known = new Set(manifest.sequences.map(keyOf));
  const compared = manifest.sequences.flatMap((sequence) => {
    const object = `sequence ${nameOf(sequence)}`;
    const reading = after.get(keyOf(sequence));
    if (reading === undefined) {
      return [{ object, expected: describeRange(sequence), observed: "missing" }];
    }
    const verdict = judgeSequence(sequence, reading.position);
    if (verdict === "not-comparable") uncertain.push(nameOf(sequence));
    if (verdict !== "different") return [];
    return [
      {
        object,
        expected: describeRange(sequence),
        observed: describePosition(reading.position),
      },
    ];
  });
  const unexpected = restored.sequences
    .filter((reading) => !known.has(keyOf(reading)))
    .map((reading) => ({
      object: `sequence ${nameOf(reading)}`,
      expected: "no such sequence",
      observed: describePosition(reading.position),
    }));
  return [...compared, ...unexpected];
}

function describeTable({ kind, owner }: ManifestTable): string {
  return `${kind}, owner ${owner}`;
}

function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return displayQualified(schema, name);
}
