/**
 * Which rows of a table differ, found by narrowing down groups of their hashes on both sides,
 * never by fetching a table. Keys and names of columns only: values stay where they are.
 */
import type { ProofDifference } from "../../drill/types.ts";
import { formatAmount } from "../../drill/units.ts";
import { ok, type Result } from "../../problem.ts";
import { display, displayList } from "../display.ts";
import { showName } from "../identifiers.ts";
import type { Row, Session } from "../session.ts";
import { textOf } from "../with-session.ts";
import { bucketsThatDiffer, nameOf, type RowDifference, sameNames } from "./compare-rows.ts";
import {
  columnsStatement,
  FINER,
  finerStatement,
  type Groups,
  rowsStatement,
  type TableAt,
} from "./explain-sql.ts";

export interface Sides {
  readonly restored: Session;
  readonly primary: Session;
}

export interface Explained {
  readonly differences: readonly ProofDifference[];
  /** Whether the primary's rows that were looked at are still those of the snapshot. */
  readonly asThen: boolean;
}

/** Rows that are told one by one. */
const TOLD = 20;
/** Rows fetched of one side, key and hash only. */
const MOST_ROWS = 20_000;
const MOST_GROUPS = 256;
const KEY_LENGTH = 60;

/** The primary is looked at as it is now; `asThen` tells whether that still is what was dumped. */
export async function explainRows(
  sides: Sides,
  table: TableAt,
  { expected, observed }: Pick<RowDifference, "expected" | "observed">,
): Promise<Result<Explained>> {
  const [before, now] = [expected.fingerprint, observed.fingerprint];
  if (before === undefined || now === undefined) return ok({ differences: [], asThen: true });
  const grouped = sameNames(before.bucketsBy, table.shape.key);
  const apart = grouped ? bucketsThatDiffer(before, now).slice(0, MOST_GROUPS) : [];
  const buckets = apart.length > 0 ? (before.buckets?.length ?? 1) : 1;
  const wide: Groups = { buckets, chosen: apart.length > 0 ? apart : [0] };
  const rows = (before.rows / buckets) * wide.chosen.length;
  const narrowed =
    rows > MOST_ROWS ? await narrow(sides, table, wide) : ok<Narrowed>({ groups: wide });
  if (!narrowed.ok) return narrowed;
  const { groups, primary } = narrowed.value;
  const found = await both(sides, rowsStatement(table, groups, MOST_ROWS));
  if (!found.ok) return found;
  const keys = keysApart(found.value);
  const told =
    table.shape.key.length === 0
      ? ok(tellPlaces(table, found.value))
      : await tellRows(sides, { table, groups, keys: keys.slice(0, TOLD) });
  if (!told.ok) return told;
  const asThen = sameAsManifest(primary ?? found.value.primary, wide, before);
  const all = table.shape.key.length === 0 ? told.value.length : keys.length;
  return ok({ differences: summed(told.value.slice(0, TOLD), { table, all, asThen }), asThen });
}

/** Without a key a row is known by where it lies: one that was changed is missing and too many. */
function tellPlaces(table: TableAt, { restored, primary }: BothRows): readonly Told[] {
  const told = (rows: readonly Row[], side: string, observed: string) =>
    rows.map((row) => ({
      object: `${nameOf(table)} row at ${textOf(row, "key")} of the ${side}`,
      observed,
    }));
  return [
    ...told(without(primary, restored), "primary", "missing"),
    ...told(without(restored, primary), "restore database", "too many"),
  ];
}

/** Rows of one side, less those that the other has as well: as often, where there are copies. */
function without(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const left = new Map<string, number>();
  for (const { a } of others) left.set(String(a), (left.get(String(a)) ?? 0) + 1);
  return rows.filter(({ a }) => {
    const count = left.get(String(a)) ?? 0;
    left.set(String(a), count - 1);
    return count <= 0;
  });
}

type Told = Omit<ProofDifference, "expected">;

interface BothRows {
  readonly restored: readonly Row[];
  readonly primary: readonly Row[];
}

async function both(sides: Sides, statement: string): Promise<Result<BothRows>> {
  const [restored, primary] = await Promise.all([
    sides.restored.query(statement),
    sides.primary.query(statement),
  ]);
  if (!restored.ok) return restored;
  return primary.ok ? ok({ restored: restored.value, primary: primary.value }) : primary;
}

interface Narrowed {
  readonly groups: Groups;
  /** Sums of the primary's groups. */
  readonly primary?: readonly Row[];
}

/** Smaller groups, and of these the ones that differ now. */
async function narrow(sides: Sides, table: TableAt, wide: Groups): Promise<Result<Narrowed>> {
  const finer = await both(sides, finerStatement(table, wide));
  if (!finer.ok) return finer;
  const sums = (rows: readonly Row[]) =>
    new Map(rows.map((row) => [Number(row.part), `${row.rows} ${row.a}`]));
  const [left, right] = [sums(finer.value.primary), sums(finer.value.restored)];
  const parts = new Set([...left.keys(), ...right.keys()]);
  const apart = [...parts].filter((part) => left.get(part) !== right.get(part));
  // -1 is no group: the list must not be empty.
  const chosen = apart.length === 0 ? [-1] : apart.slice(0, MOST_GROUPS);
  return ok({ groups: { buckets: wide.buckets * FINER, chosen }, primary: finer.value.primary });
}

/** Keys of rows that one side has more often than the other, or has with another hash. */
function keysApart({ restored, primary }: BothRows): readonly string[] {
  const counts = new Map<string, number>();
  const id = (row: Row) => JSON.stringify([row.key, row.a]);
  for (const row of primary) counts.set(id(row), (counts.get(id(row)) ?? 0) + 1);
  for (const row of restored) counts.set(id(row), (counts.get(id(row)) ?? 0) - 1);
  const apart = [...primary, ...restored].filter((row) => counts.get(id(row)) !== 0);
  return [...new Set(apart.map((row) => textOf(row, "key")))].sort();
}

async function tellRows(
  sides: Sides,
  { table, groups, keys }: { table: TableAt; groups: Groups; keys: readonly string[] },
): Promise<Result<readonly Told[]>> {
  if (keys.length === 0) return ok([]);
  const found = await both(sides, columnsStatement(table, groups, keys));
  if (!found.ok) return found;
  const byKey = (rows: readonly Row[]) => new Map(rows.map((row) => [textOf(row, "key"), row]));
  const [before, now] = [byKey(found.value.primary), byKey(found.value.restored)];
  return ok(
    keys.flatMap((key) => {
      const observed = tellRow(table, before.get(key), now.get(key));
      if (observed === undefined) return [];
      const row = { schema: table.schema, table: table.name, key };
      return [{ object: `${nameOf(table)} row ${clip(key)}`, observed, row }];
    }),
  );
}

function tellRow(table: TableAt, before: Row | undefined, now: Row | undefined) {
  if (before === undefined) return now === undefined ? undefined : "too many";
  if (now === undefined) return "missing";
  const columns = table.shape.columns
    .filter((_, at) => before[`c${at}`] !== now[`c${at}`])
    .map(({ name }) => name);
  if (columns.length === 0) return undefined;
  const word = columns.length === 1 ? "column" : "columns";
  return `other value in ${word} ${displayList(columns.map(shown), 10)}`;
}

function shown(column: string): string {
  return /^[a-z_][a-z0-9_$]*$/u.test(column) ? column : showName(column);
}

function clip(key: string): string {
  return display(key.length > KEY_LENGTH ? `${key.slice(0, KEY_LENGTH)}…` : key);
}

function summed(
  told: readonly Told[],
  { table, all, asThen }: { table: TableAt; all: number; asThen: boolean },
): readonly ProofDifference[] {
  const expected = asThen ? "as at the snapshot" : "as on the primary now";
  const more = all - TOLD;
  return [
    ...told.map(({ object, ...rest }) => ({ object, expected, ...rest })),
    ...(more > 0
      ? [
          {
            object: `${nameOf(table)} more rows`,
            expected,
            observed: `at least ${formatAmount(more, "row")}`,
          },
        ]
      : []),
  ];
}

interface Then {
  readonly rows: number;
  readonly sumA: string;
  readonly buckets?: readonly string[] | undefined;
}

/** Whether rows of the primary, or sums of them, still make the sums it had at the snapshot. */
function sameAsManifest(rows: readonly Row[], { buckets, chosen }: Groups, before: Then): boolean {
  const sums = new Map<number, { rows: number; a: bigint }>();
  for (const row of rows) {
    const place = BigInt(row.part ?? 0);
    const bucket = Number(BigInt.asUintN(64, place) & BigInt(buckets - 1));
    const sum = sums.get(bucket) ?? { rows: 0, a: 0n };
    sums.set(bucket, {
      rows: sum.rows + Number(row.rows ?? 1),
      a: sum.a + BigInt(row.a ?? 0),
    });
  }
  return chosen.every((bucket) => {
    const sum = sums.get(bucket) ?? { rows: 0, a: 0n };
    const then = buckets > 1 ? before.buckets?.[bucket] : `${before.rows} ${before.sumA}`;
    return `${sum.rows} ${sum.a}` === (then || "0 0");
  });
}
