/**
 * Values of rows that differ, read anew from both sides when an operator asks for them. What comes
 * of it is for the screen alone.
 */
import type { ColumnValues, RowsRequest, RowValues } from "../../drill/row-values.ts";
import type { RowKey } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { display } from "../display.ts";
import { lookAtPlace } from "../restore-place.ts";
import type { Row, Session, SessionOptions } from "../session.ts";
import { runAll, textOf, withSession } from "../with-session.ts";
import { listTables } from "./catalogue.ts";
import { nameOf } from "./compare-rows.ts";
import type { TableAt } from "./explain-sql.ts";
import { clipAround } from "./facts/clip.ts";
import { MOST_CHARACTERS, valuesStatement } from "./row-values-sql.ts";
import { keyOf } from "./sequences.ts";
import { beginComparing } from "./settings.ts";
import { readShapes, type TableShape } from "./shapes.ts";

interface Sides {
  readonly restored: Session;
  readonly primary: Session;
}

/** Rows looked up at most. */
const MOST_ROWS = 20;
const KEY_LENGTH = 60;
const NO_PLACE =
  "Values can be shown only while this drill's restore database is there: restore and compare again.";

/** In the order of the request. Errors: the restore database is gone, or not this drill's. */
export async function readRowValues(
  target: Target,
  { drill, database, rows }: RowsRequest,
  signal: AbortSignal,
): Promise<Result<readonly RowValues[]>> {
  const place = await lookAtPlace(target, { database, drill, signal });
  if (!place.ok) return fail({ ...place.problem, hint: NO_PLACE });
  const one = { purpose: "row values", signal } as const;
  const restored = { ...one, database, role: "restore" } as const;
  const primary = { ...one, database: target.summary.database, role: "primary" } as const;
  return reading(target, restored, (left) =>
    reading(target, primary, (right) =>
      readTables({ restored: left, primary: right }, rows.slice(0, MOST_ROWS)),
    ),
  );
}

/** In a read-only transaction that waits for nothing long. */
function reading<T>(
  target: Target,
  options: SessionOptions & { readonly signal: AbortSignal },
  use: (session: Session) => Promise<Result<T>>,
): Promise<Result<T>> {
  return withSession(target, options, async (session) => {
    const begun = await beginComparing(session);
    if (!begun.ok) return begun;
    const limited = await runAll(session, [
      "SET LOCAL lock_timeout = '2s'",
      "SET LOCAL statement_timeout = '20s'",
    ]);
    return limited.ok ? use(session) : limited;
  });
}

async function readTables(
  sides: Sides,
  rows: readonly RowKey[],
): Promise<Result<readonly RowValues[]>> {
  const byTable = Map.groupBy(rows, ({ schema, table }) => keyOf({ schema, name: table }));
  const found: RowValues[] = [];
  for (const group of byTable.values()) {
    const read = await readTable(sides, group);
    if (!read.ok) return read;
    found.push(...read.value);
  }
  return ok(found);
}

async function readTable(
  sides: Sides,
  rows: readonly RowKey[],
): Promise<Result<readonly RowValues[]>> {
  const [first] = rows;
  if (first === undefined) return ok([]);
  const at = { schema: first.schema, name: first.table };
  const [here, there] = [await shapeOf(sides.restored, at), await shapeOf(sides.primary, at)];
  if (!here.ok) return here;
  if (!there.ok) return there;
  const shape = sharedShape(here.value, there.value);
  if (shape === undefined) {
    const note = "The table, or its key, is not the same on both sides any more.";
    return ok([{ title: nameOf(at), note, columns: [] }]);
  }
  const statement = valuesStatement(
    { ...at, shape },
    rows.map(({ key }) => key),
  );
  const restored = await sides.restored.query(statement);
  if (!restored.ok)
    return fail({ ...restored.problem, message: unread(at, restored.problem.message) });
  const primary = await sides.primary.query(statement);
  if (!primary.ok)
    return fail({ ...primary.problem, message: unread(at, primary.problem.message) });
  const [before, now] = [byKey(primary.value), byKey(restored.value)];
  return ok(
    rows.map(({ key }) => ({
      title: `${nameOf(at)} row ${clipKey(key)}`,
      ...valuesOf(shape, before.get(key), now.get(key)),
    })),
  );
}

function unread(at: Pick<TableAt, "schema" | "name">, why: string): string {
  return `Rows of ${nameOf(at)} could not be read: ${why}`;
}

async function shapeOf(
  session: Session,
  at: Pick<TableAt, "schema" | "name">,
): Promise<Result<TableShape | undefined>> {
  const tables = await listTables(session);
  if (!tables.ok) return tables;
  const oid = tables.value.find((table) => keyOf(table) === keyOf(at))?.oid;
  if (oid === undefined) return ok(undefined);
  const shapes = await readShapes(session, [oid]);
  return shapes.ok ? ok(shapes.value.get(oid)) : shapes;
}

/** Columns that both have, where rows of both can be told apart by the same key. */
function sharedShape(
  here: TableShape | undefined,
  there: TableShape | undefined,
): TableShape | undefined {
  if (here === undefined || there === undefined || here.key.length === 0) return undefined;
  if (JSON.stringify(here.key) !== JSON.stringify(there.key)) return undefined;
  const names = new Set(there.columns.map(({ name }) => name));
  return { ...here, columns: here.columns.filter(({ name }) => names.has(name)) };
}

function byKey(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [textOf(row, "key"), row]));
}

function valuesOf(
  { columns }: TableShape,
  before: Row | undefined,
  now: Row | undefined,
): Pick<RowValues, "note" | "columns"> {
  const cells = columns.map(({ name }, at) => ({ name: display(name), at }));
  if (before === undefined && now === undefined) {
    return { note: "Neither side has this row now.", columns: [] };
  }
  if (before === undefined || now === undefined) {
    return {
      note: `The ${before === undefined ? "primary has no such row now" : "restored database has no such row"}.`,
      columns: cells.map(({ name, at }) => ({
        name,
        ...(before === undefined ? {} : { primary: alone(before[`v${at}`]) }),
        ...(now === undefined ? {} : { restored: alone(now[`v${at}`]) }),
      })),
    };
  }
  const apart = cells.filter(({ at }) => before[`h${at}`] !== now[`h${at}`]);
  const same = cells.length - apart.length;
  return {
    note:
      apart.length === 0
        ? "Both sides are equal now: the primary has moved on."
        : `${same === 1 ? "1 other column is" : `${same} other columns are`} equal.`,
    columns: apart.map(({ name, at }) => ({
      name,
      ...together(before[`v${at}`] ?? null, now[`v${at}`] ?? null),
    })),
  };
}

function alone(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : whole(value, value).expected;
}

function together(
  primary: string | null,
  restored: string | null,
): Pick<ColumnValues, "primary" | "restored"> {
  const { expected, observed } = whole(primary ?? "", restored ?? "");
  return {
    primary: primary === null ? null : expected,
    restored: restored === null ? null : observed,
  };
}

/** Clipped around what differs; '' stays ''. */
function whole(left: string, right: string) {
  const [first, second] = [display(left), display(right)];
  const clipped = clipAround(first, second);
  const beyond =
    left === right && left.length >= MOST_CHARACTERS
      ? ` (beyond the first ${MOST_CHARACTERS} characters)`
      : "";
  return {
    expected: first === "" ? "" : clipped.expected + beyond,
    observed: second === "" ? "" : clipped.observed + beyond,
  };
}

function clipKey(key: string): string {
  return display(key.length > KEY_LENGTH ? `${key.slice(0, KEY_LENGTH)}…` : key);
}
