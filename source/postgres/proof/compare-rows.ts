/** Compares rows of tables, materialized views and large objects with the manifest's. Pure. */
import type { ProofDifference } from "../../drill/types.ts";
import { formatAmount, formatBytes, formatCount } from "../../drill/units.ts";
import { displayQualified } from "../display.ts";
import type { ManifestFingerprint, ManifestTable } from "../manifest.ts";
import type { LargeObjects } from "./large-objects.ts";
import { keyOf } from "./sequences.ts";

/** A table whose rows differ though it is there on both sides. */
export interface RowDifference {
  readonly expected: ManifestTable;
  readonly observed: ManifestTable;
  readonly told: ProofDifference;
}

export function rowDifferences(
  expected: readonly ManifestTable[],
  observed: readonly ManifestTable[],
): readonly RowDifference[] {
  return pairsApart({ expected, observed }, (table, other) => {
    const words = table.rows === null ? undefined : wordsFor(table, other);
    return words === undefined ? undefined : { object: nameOf(table), ...words };
  });
}

interface TableLists {
  readonly expected: readonly ManifestTable[];
  readonly observed: readonly ManifestTable[];
}

/** Tables of both lists for which there is something to tell; the list itself tells missing ones. */
function pairsApart(
  { expected, observed }: TableLists,
  tell: (expected: ManifestTable, observed: ManifestTable) => ProofDifference | undefined,
): readonly RowDifference[] {
  const after = new Map(observed.map((table) => [keyOf(table), table]));
  return expected.flatMap((table) => {
    const other = after.get(keyOf(table));
    const told = other === undefined ? undefined : tell(table, other);
    return other === undefined || told === undefined
      ? []
      : [{ expected: table, observed: other, told }];
  });
}

type Words = Pick<ProofDifference, "expected" | "observed">;

function wordsFor(expected: ManifestTable, observed: ManifestTable): Words | undefined {
  const rows = expected.rows ?? 0;
  if (observed.rows === null) {
    return { expected: formatAmount(rows, "row"), observed: "rows not read" };
  }
  if (observed.rows !== rows) {
    return { expected: formatAmount(rows, "row"), observed: rowsAgainst(observed.rows, rows) };
  }
  const [before, now] = [expected.fingerprint, observed.fingerprint];
  if (before === undefined || (now !== undefined && sameFingerprint(before, now))) return undefined;
  if (now === undefined) return { expected: "rows read and hashed", observed: "rows not hashed" };
  const which = before.hashed < before.rows ? " in the sample" : "";
  return {
    expected: `${formatAmount(rows, "row")}, sums ${sumsOf(before)}`,
    observed: `as many rows, other contents${which}: sums ${sumsOf(now)}${bucketsApart(before, now)}`,
  };
}

export function sameFingerprint(left: ManifestFingerprint, right: ManifestFingerprint): boolean {
  return (
    left.rows === right.rows &&
    left.hashed === right.hashed &&
    left.sumA === right.sumA &&
    left.sumB === right.sumB
  );
}

/** Groups of rows that are not the same; none where the two were not grouped alike. */
export function bucketsThatDiffer(
  before: ManifestFingerprint,
  now: ManifestFingerprint,
): readonly number[] {
  const [left, right] = [before.buckets ?? [], now.buckets ?? []];
  if (left.length !== right.length || !sameNames(before.bucketsBy, now.bucketsBy)) return [];
  return left.flatMap((sum, bucket) => (sum === right[bucket] ? [] : [bucket]));
}

export function sameNames(before: readonly string[] = [], now: readonly string[] = []): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function bucketsApart(before: ManifestFingerprint, now: ManifestFingerprint): string {
  const apart = bucketsThatDiffer(before, now).length;
  const all = before.buckets?.length ?? 0;
  return apart === 0 ? "" : ` (in ${formatCount(apart)} of ${formatCount(all)} groups of rows)`;
}

/** The end of each sum: enough to tell two apart by eye. */
function sumsOf({ sumA, sumB }: ManifestFingerprint): string {
  return `…${sumA.slice(-8)}/…${sumB.slice(-8)}`;
}

function rowsAgainst(observed: number, expected: number): string {
  const by = observed - expected;
  const how = by > 0 ? `${formatCount(by)} too many` : `${formatCount(-by)} missing`;
  return `${formatAmount(observed, "row")} (${how})`;
}

/** Materialized views that hold something else than the primary's did. */
export function viewsThatDiffer(
  expected: readonly ManifestTable[],
  observed: readonly ManifestTable[],
): readonly RowDifference[] {
  return pairsApart({ expected, observed }, (table, other) => {
    const words = table.kind === "materialized view" ? wordsForView(table, other) : undefined;
    return words === undefined
      ? undefined
      : { object: `materialized view ${nameOf(table)}`, ...words };
  });
}

function wordsForView(
  { fingerprint: before }: ManifestTable,
  { fingerprint: now }: ManifestTable,
): Words | undefined {
  if (before === undefined || (now !== undefined && sameFingerprint(before, now))) return undefined;
  const expected = formatAmount(before.rows, "row");
  if (now === undefined) return { expected, observed: "not filled, or not readable" };
  const alike = now.rows === before.rows;
  return {
    expected,
    observed: alike ? "as many rows, other contents" : formatAmount(now.rows, "row"),
  };
}

export function largeObjectDifferences(
  expected: LargeObjects,
  observed: LargeObjects,
): readonly ProofDifference[] {
  if (expected.by !== observed.by) {
    return [
      {
        object: "large objects",
        expected: formatAmount(expected.objects, "object"),
        observed: formatAmount(observed.objects, "object"),
      },
    ];
  }
  const parts = new Set([...Object.keys(expected.sums), ...Object.keys(observed.sums)]);
  return [...parts].flatMap((part) => {
    const [before, now] = [expected.sums[part], observed.sums[part]];
    if (before === now) return [];
    const object =
      expected.by === "object"
        ? `large object ${part}`
        : `large objects whose OID leaves the remainder ${part}`;
    return [{ object, expected: describeObjects(before), observed: describeObjects(now, before) }];
  });
}

function describeObjects(sums: string | undefined, before?: string): string {
  if (sums === undefined) return before === undefined ? "none" : "missing";
  const [objects = "", bytes, sumA = ""] = sums.split(" ");
  const count = Number(objects) === 1 ? "" : `${formatAmount(Number(objects), "object")}, `;
  if (bytes === undefined) return formatAmount(Number(objects), "object");
  const other = before?.startsWith(`${objects} ${bytes} `) === true ? ", other contents" : "";
  return `${count}${formatBytes(Number(bytes))}${other}, sum …${sumA.slice(-8)}`;
}

export function nameOf({ schema, name }: { readonly schema: string; readonly name: string }) {
  return displayQualified(schema, name);
}
