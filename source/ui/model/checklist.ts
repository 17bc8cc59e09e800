/** The checklist as rows: sections, items with mark and time, steps below the item at hand. */
import type { Item, Section, Step } from "../../checklist/types.ts";
import { type DrillState, stepRecord, UNSTARTED } from "../../drill/state.ts";
import type { StepId, StepState } from "../../drill/types.ts";
import { type ItemStatus, itemStatus, stepStatus } from "../../drill/verdict.ts";
import { STATUS_MARK, STATUS_TONE } from "../text/glyphs.ts";
import { fitRow, muted, type Row, span, spread } from "../text/rows.ts";
import { columnsOf, oneLine, wrap } from "../text/width.ts";
import { clock, stepMilliseconds, took } from "./timing.ts";
import { checklistOf, planOf, standingOf, type World } from "./world.ts";

export interface ChecklistRows {
  readonly rows: readonly Row[];
  /** The row to keep in sight. */
  readonly at: number;
}

interface Context {
  readonly world: World;
  readonly drill: DrillState;
  readonly width: number;
  readonly shown: StepId | undefined;
  /** True when the operator moved there, false when the screen follows the drill. */
  readonly chosen: boolean;
  readonly skips: Readonly<Record<StepId, string>>;
  /** Long titles go on on the next row. */
  readonly wrapped: boolean;
}

export interface ChecklistOptions {
  readonly width: number;
  readonly height: number;
  readonly shown: StepId | undefined;
  readonly chosen: boolean;
  /** Steps the operator wants skipped, before the drill begins. */
  readonly skips: Readonly<Record<StepId, string>>;
}

/** Titles in full where that fits the height, else a row each. */
export function checklistRows(world: World, options: ChecklistOptions): ChecklistRows {
  const context = { ...options, world, drill: standingOf(world) ?? UNSTARTED };
  const whole = rowsIn({ ...context, wrapped: true });
  return whole.rows.length <= options.height ? whole : rowsIn({ ...context, wrapped: false });
}

function rowsIn(context: Context): ChecklistRows {
  const rows: Row[] = [];
  let at = 0;
  for (const section of checklistOf(context.world)?.sections ?? []) {
    for (const entry of sectionRows(section, context)) {
      if (entry.step !== undefined && entry.step === context.shown) at = rows.length;
      rows.push(...entry.rows);
    }
  }
  return { rows: [...rows, ...resourceRows(context)], at };
}

interface Line {
  readonly rows: readonly Row[];
  readonly step?: StepId;
}

function sectionRows(section: Section, context: Context): readonly Line[] {
  const title = fitRow([muted(oneLine(section.title).toUpperCase())], context.width);
  return [{ rows: [title] }, ...section.items.flatMap((item) => itemRows(item, context))];
}

function itemRows(item: Item, context: Context): readonly Line[] {
  const { shown } = context;
  const open = item.steps.some(({ id }) => id === shown) && item.steps.length > 1;
  const only = item.steps.length === 1 ? item.steps[0]?.id : undefined;
  const status = planStatus(item.steps, context) ?? itemStatus(item, context.drill);
  const head: Line = {
    rows: line(context, {
      status,
      title: item.title,
      time: timeOf(item.steps, status, context),
      indent: 0,
      here: only !== undefined && only === shown,
    }),
    ...(only === undefined ? {} : { step: only }),
  };
  return open ? [head, ...item.steps.map((step) => stepLine(step, context))] : [head];
}

function stepLine(step: Step, context: Context): Line {
  const status =
    planStatus([step], context) ?? stepStatus(stepRecord(context.drill, step.id).state);
  return {
    step: step.id,
    rows: line(context, {
      status,
      title: step.title,
      time: timeOf([step], status, context),
      indent: 2,
      here: step.id === context.shown,
    }),
  };
}

/** Before the drill there are no records, only what will not happen. */
function planStatus(steps: readonly Step[], context: Context): ItemStatus | undefined {
  const plan = planOf(context.world);
  if (standingOf(context.world) !== undefined || plan === undefined) return undefined;
  const absent = steps.filter(({ id }) => plan.steps[id]?.notApplicable !== undefined).length;
  if (absent === steps.length) return "not-applicable";
  const left = steps.filter(
    ({ id }) => context.skips[id] === undefined && plan.steps[id]?.notApplicable === undefined,
  );
  return left.length === 0 ? "skipped" : "pending";
}

function timeOf(steps: readonly Step[], status: ItemStatus, context: Context): string {
  if (status === "not-applicable") return "n/a";
  if (status === "skipped") return "skipped";
  const times = steps.map(({ id }) => timeOfState(stepRecord(context.drill, id).state, context));
  const known = times.filter((time) => time !== undefined);
  if (known.length === 0) return steps.every(({ optional }) => optional) ? "opt" : "";
  const sum = known.reduce((total, time) => total + time, 0);
  return status === "running" || status === "awaiting" ? clock(sum) : took(sum);
}

function timeOfState(state: StepState, context: Context): number | undefined {
  return stepMilliseconds(state, context.world.now);
}

interface LineParts {
  readonly status: ItemStatus;
  readonly title: string;
  readonly time: string;
  readonly indent: number;
  readonly here: boolean;
}

function line(context: Context, parts: LineParts): readonly Row[] {
  const { status, here, time } = parts;
  const tone = STATUS_TONE[status];
  const quiet = status === "not-applicable" || status === "skipped";
  const style = { ...(quiet ? { tone: "muted" as const } : {}), bold: here && context.chosen };
  // The column of times says "opt" already.
  const title = oneLine(
    parts.title.replace(/^optional:\s*(.)/i, (_, first: string) => first.toUpperCase()),
  );
  const indent = 3 + parts.indent;
  const room = context.width - indent - (time === "" ? 0 : columnsOf(time) + 1);
  const [first = "", ...rest] = context.wrapped ? wrap(title, Math.max(10, room)) : [title];
  const head: Row = [
    span(here ? "❯" : " ", { tone: "accent", bold: true }),
    span(" ".repeat(parts.indent)),
    span(STATUS_MARK[status], tone === undefined ? {} : { tone }),
    span(` ${first}`, style),
  ];
  return [
    spread(head, [muted(time)], context.width),
    ...rest.map((text) => [span(" ".repeat(indent)), span(text, style)]),
  ];
}

const RESOURCE_STATUS = {
  owed: { status: "pending", word: "owed" },
  undoing: { status: "running", word: "undoing" },
  released: { status: "passed", word: "done" },
  kept: { status: "deviation", word: "kept" },
} as const;

/** What the drill made, and whether it is cleaned up. */
function resourceRows(context: Context): readonly Row[] {
  const { resources } = context.drill;
  if (resources.length === 0) return [];
  return [
    fitRow([muted("MADE BY THE DRILL")], context.width),
    ...resources.map(({ status, label, problem }) => {
      const shown =
        problem === undefined
          ? RESOURCE_STATUS[status]
          : ({ status: "failed", word: "failed" } as const);
      const tone = STATUS_TONE[shown.status];
      const mark = span(` ${STATUS_MARK[shown.status]}`, tone === undefined ? {} : { tone });
      return spread([mark, span(` ${oneLine(label)}`)], [muted(shown.word)], context.width);
    }),
  ];
}
