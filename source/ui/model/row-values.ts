/** The values of rows that differ, while an operator looks at them; nothing else knows them. */
import type { RowsRequest, RowValues } from "../../drill/row-values.ts";
import { type DrillState, stepRecord } from "../../drill/state.ts";
import type { ProofSummary, RowKey, StepId } from "../../drill/types.ts";
import { formatAmount } from "../../drill/units.ts";
import type { Problem } from "../../problem.ts";
import {
  BLANK,
  indentRow,
  type LabelOptions,
  labelled,
  muted,
  paragraph,
  type Row,
  row,
  spread,
} from "../text/rows.ts";
import { columnsOf, cut } from "../text/width.ts";

/** What is open: values, or why there are none. */
export interface ShownValues {
  readonly rows: readonly RowValues[];
  /** Rows known to differ that were not looked up. */
  readonly more: number;
  readonly problem?: Problem;
  /** First row of the text in sight. */
  readonly from: number;
}

const MOST_ROWS = 20;

/** Of a failed proof whose restore database the drill still has in hand. */
function failedProof(drill: DrillState | undefined, step: StepId): ProofSummary | undefined {
  if (drill?.phase !== "running") return undefined;
  const { state } = stepRecord(drill, step);
  return state.status === "failed" ? state.report.proof : undefined;
}

/** Undefined where the step is no failed proof; without rows where none is known by its key. */
export function rowsToRead(
  drill: DrillState | undefined,
  step: StepId,
): { readonly request: RowsRequest; readonly more: number } | undefined {
  const proof = failedProof(drill, step);
  if (proof?.verdict !== "different" || drill?.drill === undefined) return undefined;
  const rows = proof.differences.flatMap((one) => one.row ?? []);
  const { id, restoreDatabase } = drill.drill;
  return {
    request: { drill: id, database: restoreDatabase, rows: someOfEach(rows) },
    more: Math.max(0, rows.length - MOST_ROWS),
  };
}

/** A table with many rows leaves room for those of the others. */
function someOfEach(rows: readonly RowKey[]): readonly RowKey[] {
  const tables = Map.groupBy(rows, ({ schema, table }) => JSON.stringify([schema, table]));
  const ranked = [...tables.values()].flatMap((group) => group.map((one, rank) => ({ one, rank })));
  const chosen = ranked.toSorted((a, b) => a.rank - b.rank).slice(0, MOST_ROWS);
  const kept = new Set(chosen.map(({ one }) => one));
  return rows.filter((one) => kept.has(one));
}

/** The part in sight: a title that stays, and how far one has scrolled. */
export function shownValuesRows(
  values: ShownValues,
  width: number,
  height: number,
): readonly Row[] {
  const rows = valuesRows(values, width);
  const room = height - 1;
  const from = clampFrom(values.from, rows.length, room);
  const where =
    rows.length <= room
      ? ""
      : `${from + 1}–${Math.min(rows.length, from + room)} of ${rows.length}`;
  const title = row("Values of the rows that differ", { bold: true, tone: "accent" });
  return [spread(title, [muted(where)], width), ...rows.slice(from, from + room)];
}

/** Scrolled by so many rows, never beyond the end. */
export function scrollValues(
  values: ShownValues,
  by: number,
  { width, height }: { readonly width: number; readonly height: number },
): ShownValues {
  const { length } = valuesRows(values, width);
  return {
    ...values,
    from: clampFrom(clampFrom(values.from, length, height - 1) + by, length, height - 1),
  };
}

function clampFrom(from: number, length: number, room: number): number {
  return Math.max(0, Math.min(from, length - room));
}

function valuesRows({ rows, more, problem }: ShownValues, width: number): readonly Row[] {
  if (problem !== undefined) {
    return [
      ...paragraph(`✗ ${problem.message}`, width, { tone: "bad" }),
      ...(problem.hint === undefined ? [] : paragraph(problem.hint, width)),
    ];
  }
  return [
    ...paragraph("Read just now, shown here only: kept nowhere, gone when closed.", width, {
      tone: "muted",
    }),
    ...rows.flatMap((one) => [BLANK, ...oneRow(one, width)]),
    ...(more === 0
      ? []
      : [
          BLANK,
          ...paragraph(`${formatAmount(more, "more row")} known to differ.`, width, {
            tone: "muted",
          }),
        ]),
  ];
}

function oneRow({ title, note, columns }: RowValues, width: number): readonly Row[] {
  const room = width - 2;
  const known = note === undefined ? [] : paragraph(note, room, { tone: "muted" });
  const both = columns.flatMap(({ name, primary, restored }) =>
    primary === undefined || restored === undefined
      ? []
      : [
          ...paragraph(name, room, { tone: "info" }),
          ...valueRows("  primary now", primary, { width: room, labelWidth: 15 }),
          ...valueRows("  restored", restored, { width: room, labelWidth: 15 }),
        ],
  );
  const single = both.length === 0 ? oneSided(columns, room) : [];
  return [
    ...paragraph(title, width, { bold: true }),
    ...[...both, ...known, ...single].map(indentRow),
  ];
}

/** The note above says which side it is. */
function oneSided(columns: RowValues["columns"], width: number): readonly Row[] {
  const longest = Math.max(0, ...columns.map(({ name }) => columnsOf(name)));
  const labelWidth = Math.min(20, longest + 2);
  return columns.flatMap(({ name, primary, restored }) =>
    valueRows(cut(name, labelWidth - 1), primary ?? restored ?? null, { width, labelWidth }),
  );
}

function valueRows(label: string, value: string | null, options: LabelOptions): readonly Row[] {
  const text = value === null ? "NULL" : value === "" ? "(empty)" : value;
  const style = value === null || value === "" ? ({ tone: "muted" } as const) : {};
  return labelled(label, text, { ...options, style });
}
