/** Compares a restored database with the manifest of its backup. Pure. */
import type { ProofDifference, ProofSummary } from "../../drill/types.ts";
import type { Manifest, ManifestFingerprint, ManifestTable } from "../manifest.ts";
import {
  largeObjectDifferences,
  nameOf,
  type RowDifference,
  rowDifferences,
  sameFingerprint,
  viewsThatDiffer,
} from "./compare-rows.ts";
import { coveredWords, notCoveredWords, warningsOfViews } from "./coverage.ts";
import { comparableFacts, uncertainFactWords } from "./expected-facts.ts";
import { compareFacts } from "./facts/compare-facts.ts";
import type { FactsReading } from "./facts/types.ts";
import { uncoveredBy } from "./facts/uncovered.ts";
import type { LargeObjects } from "./large-objects.ts";
import {
  describePosition,
  describeRange,
  judgeSequence,
  keyOf,
  type SequenceReading,
} from "./sequences.ts";
import { toldOnce } from "./told-once.ts";
import { totalRows } from "./total-rows.ts";

export interface Restored {
  readonly tables: readonly ManifestTable[];
  readonly sequences: readonly SequenceReading[];
  readonly facts?: FactsReading;
  readonly largeObjects?: LargeObjects | undefined;
  readonly encoding?: string;
  /** What the definitions of materialized views that differ give there, by `keyOf`. */
  readonly filledAnew?: ReadonlyMap<string, ManifestFingerprint>;
}

export interface Comparison {
  readonly proof: ProofSummary;
  /** The tables whose rows differ, to be looked into. */
  readonly rows: readonly RowDifference[];
  /** Materialized views that differ: a warning unless the restore is to blame. */
  readonly views: readonly RowDifference[];
}

export function compareRestored(manifest: Manifest, restored: Restored): Comparison {
  const uncertain: string[] = [];
  const comparable = withSameEncoding(manifest, restored);
  const rows = rowDifferences(comparable, restored.tables);
  const views = viewsThatDiffer(comparable, restored.tables);
  const blamed = views.filter((view) => isRestoredWrongly(view, restored));
  const stale = views.filter((view) => !blamed.includes(view));
  const definitions = comparableFacts(
    manifest,
    manifest.facts === undefined ? {} : (restored.facts?.facts ?? {}),
  );
  const facts = compareFacts(definitions.expected, definitions.observed);
  const unjudged = uncertainFactWords(definitions.uncertain, manifest);
  const listed = {
    tables: tableListDifferences(manifest.tables, restored.tables),
    sequences: sequenceDifferences(manifest, restored, uncertain),
  };
  const once = toldOnce(listed, facts.differences);
  const differences = [
    ...encodingDifferences(manifest, restored),
    ...once.tables,
    ...rows.map(({ told }) => told),
    ...blamed.map(({ told }) => told),
    ...listed.sequences,
    ...largeObjects(manifest, restored),
    ...once.definitions,
  ];
  const warnings = [...facts.warnings, ...warningsOfViews(stale), ...unjudged];
  const counted = manifest.tables.filter((table) => table.rows !== null);
  const coverage = {
    manifest:
      manifest.facts === undefined ? manifest : { ...manifest, facts: definitions.expected },
    uncertain,
    uncovered: [...uncoveredOf(manifest, restored), ...unjudged],
  };
  const proof: ProofSummary = {
    level: manifest.level,
    verdict: differences.length === 0 ? "equal" : "different",
    tables: counted.length,
    rows: totalRows(manifest.tables),
    sequences: manifest.sequences.length - uncertain.length,
    covered: coveredWords(coverage),
    notCovered: notCoveredWords(coverage),
    differences,
    ...(warnings.length === 0 ? {} : { warnings }),
    snapshot: manifest.snapshot,
  };
  return { proof, rows, views };
}

/**
 * Not filled although it can be; or its definition gives what the primary held, and the view holds
 * something else. All other differences are those of a view that was stale on the primary.
 */
function isRestoredWrongly(
  { expected, observed }: RowDifference,
  { filledAnew }: Restored,
): boolean {
  const anew = filledAnew?.get(keyOf(expected));
  if (anew === undefined) return false;
  if (observed.fingerprint === undefined) return true;
  return expected.fingerprint !== undefined && sameFingerprint(expected.fingerprint, anew);
}

/** What either side could not read of its definitions cannot have been compared. */
function uncoveredOf({ facts }: Manifest, restored: Restored): readonly string[] {
  const primary = facts === undefined ? [] : uncoveredBy(facts);
  return [...primary, ...(restored.facts?.uncovered ?? [])];
}

/** Rows are hashed as the server encodes them: in another encoding only their number tells. */
function withSameEncoding(manifest: Manifest, restored: Restored): readonly ManifestTable[] {
  if (encodingDifferences(manifest, restored).length === 0) return manifest.tables;
  return manifest.tables.map(({ fingerprint: _, ...table }) => table);
}

function encodingDifferences(
  { encoding: expected }: Manifest,
  { encoding: observed }: Restored,
): readonly ProofDifference[] {
  if (expected === undefined || observed === undefined || expected === observed) return [];
  return [{ object: "encoding of the database", expected, observed }];
}

function largeObjects(manifest: Manifest, restored: Restored): readonly ProofDifference[] {
  if (manifest.largeObjects === undefined || restored.largeObjects === undefined) return [];
  return largeObjectDifferences(manifest.largeObjects, restored.largeObjects);
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

function sequenceDifferences(
  manifest: Manifest,
  restored: Restored,
  uncertain: string[],
): readonly ProofDifference[] {
  const after = new Map(restored.sequences.map((reading) => [keyOf(reading), reading]));
  const known = new Set([...manifest.sequences, ...(manifest.unreadSequences ?? [])].map(keyOf));
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
