/** A whole screen as bands of panes, each with its rows: what the frame component shows. */
import type { Context } from "../control/context.ts";
import type { Layout } from "../control/layout.ts";
import { overlayArea, SMALLEST } from "../control/layout.ts";
import type { Pane as Focus } from "../control/ui-state.ts";
import { type DialogRows, dialogRows, focusScroll } from "../dialog/dialog-rows.ts";
import { dialogSpec } from "../dialog/dialogs.ts";
import { fitRow, muted, type Row, row, rowText, type Span, span, spread } from "../text/rows.ts";
import { checklistRows } from "./checklist.ts";
import { clampScroll, plain, visibleRows } from "./doc.ts";
import { footerRows } from "./footer.ts";
import { headerRows } from "./header.ts";
import { helpRows } from "./help.ts";
import { mainPane, shownStep } from "./main-doc.ts";
import { shownValuesRows } from "./row-values.ts";

export interface Pane {
  readonly key: string;
  readonly width: number;
  readonly rows: readonly Row[];
}

export interface Band {
  readonly key: string;
  readonly height: number;
  readonly panes: readonly Pane[];
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly bands: readonly Band[];
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
}

export function frameOf(context: Context, size: { columns: number; rows: number }): Frame {
  const { layout } = context;
  if (layout === undefined) return tooSmall(size);
  const { world, ui } = context;
  const inner = layout.columns - 2;
  const main = mainContent(context, layout);
  const bands: Band[] = [
    single("header", inner, headerRows(world, inner)),
    ...(layout.rules ? [single("top", inner, [topRule(context, layout, main.overlay)])] : []),
    ...bodyBands(context, layout, main),
    ...(layout.rules ? [single("bottom", inner, [bottomRule(layout)])] : []),
    single("footer", inner, footerRows(world, ui, inner)),
  ];
  return { columns: layout.columns, rows: layout.rows, bands, cursor: main.cursor };
}

function single(key: string, width: number, rows: readonly Row[], height = rows.length): Band {
  return { key, height, panes: [{ key, width, rows }] };
}

interface MainContent {
  readonly rows: readonly Row[];
  readonly cursor: Frame["cursor"];
  /** A dialog or the help: it takes the main pane, also where there is only one. */
  readonly overlay: boolean;
}

function mainContent(context: Context, layout: Layout): MainContent {
  const { world, ui, doc, height } = context;
  const { width, height: full, left, top } = overlayArea(layout);
  const spec = ui.dialog === undefined ? undefined : dialogSpec(ui.dialog.kind, world, ui.operator);
  if (ui.dialog !== undefined && spec !== undefined) {
    const content = dialogRows(ui.dialog, spec, width);
    const from = focusScroll(content, full - 1, ui.dialog.shift);
    const above: Row = from === 0 ? content.title : spread(content.title, [muted("↑ PgUp")], width);
    return {
      rows: [above, ...content.rows.slice(from, from + full - 1)],
      overlay: true,
      cursor: cursorAt(content, from, { left, top: top + 1, full: full - 1 }),
    };
  }
  if (ui.values !== undefined) {
    return { rows: shownValuesRows(ui.values, width, full), cursor: undefined, overlay: true };
  }
  if (ui.help !== undefined) {
    const help = helpRows(world, width);
    const from = Math.max(0, Math.min(ui.help, help.length - full));
    return { rows: help.slice(from, from + full), cursor: undefined, overlay: true };
  }
  const { title } = mainPane(world, ui, layout.main.width);
  const shown = visibleRows(doc, height, ui.scroll);
  const hit = ui.search?.hit;
  const from = ui.scroll === undefined ? undefined : clampScroll(doc, height, ui.scroll);
  const marked = shown.map((cells, index) =>
    hit !== undefined && from !== undefined && from + index === hit
      ? highlight(cells, ui.search?.query ?? "")
      : cells,
  );
  return { rows: [...title, ...marked], cursor: undefined, overlay: false };
}

function cursorAt(
  { cursor }: DialogRows,
  from: number,
  place: { left: number; top: number; full: number },
): Frame["cursor"] {
  if (cursor === undefined) return undefined;
  const y = cursor.row - from;
  return y < 0 || y >= place.full ? undefined : { x: place.left + cursor.column, y: place.top + y };
}

/** The text that was searched for, inverted; a mark says it without that. */
function highlight(cells: Row, query: string): Row {
  const text = plain(rowText(cells));
  const exact = query !== query.toLowerCase();
  const at = (exact ? text : text.toLowerCase()).indexOf(query);
  if (at < 0) return cells;
  const end = at + query.length;
  return [
    span("❯", { tone: "accent", bold: true }),
    span(text.slice(0, at)),
    span(text.slice(at, end), { inverse: true, bold: true }),
    span(text.slice(end)),
  ];
}

function bodyBands(context: Context, layout: Layout, main: MainContent): readonly Band[] {
  const { width } = layout.main;
  if (layout.list.width === 0) return [single("main", width, main.rows, layout.bodyHeight)];
  if (layout.mode === "single" || (layout.mode === "stacked" && main.overlay)) {
    const rows = main.overlay || context.pane === "main" ? main.rows : listRows(context, layout);
    return [single("main", width, rows, layout.bodyHeight)];
  }
  if (layout.mode === "stacked") {
    return [
      single("list", layout.list.width, listRows(context, layout), layout.list.height),
      single("between", layout.columns - 2, [
        rule(layout.columns - 2, focused(context, main, "main")),
      ]),
      single("main", width, main.rows, layout.main.height),
    ];
  }
  const bar: readonly Row[] = Array.from({ length: layout.bodyHeight }, () => [muted(" │ ")]);
  return [
    {
      key: "body",
      height: layout.bodyHeight,
      panes: [
        { key: "list", width: layout.list.width, rows: listRows(context, layout) },
        { key: "bar", width: 3, rows: bar },
        { key: "main", width, rows: main.rows },
      ],
    },
  ];
}

function listRows({ world, ui }: Context, layout: Layout): readonly Row[] {
  const { width, height } = layout.list;
  const { rows, at } = checklistRows(world, {
    width,
    height,
    shown: shownStep(world, ui),
    chosen: ui.selected !== undefined,
    skips: ui.skips,
  });
  if (rows.length <= height) return rows;
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height));
  return rows.slice(from, from + height);
}

function focused(context: Context, main: MainContent, pane: Focus): boolean {
  return main.overlay ? pane === "main" : context.pane === pane;
}

function rule(width: number, strong: boolean): Row {
  return strong
    ? row("━".repeat(width), { tone: "accent" })
    : row("─".repeat(width), { tone: "muted" });
}

/** The stronger part is over the pane that has the focus; at its end stands how far one scrolled. */
function topRule(context: Context, layout: Layout, overlay: boolean): Row {
  const inner = layout.columns - 2;
  const where = scrolled(context, overlay);
  if (layout.mode !== "split") {
    const strong = layout.mode === "stacked" && !overlay && context.pane === "list";
    return [...fitRow(rule(inner - where.length, strong), inner - where.length), muted(where)];
  }
  const left = layout.list.width + 1;
  const onMain = overlay || context.pane === "main";
  const cells: Span[] = [
    ...rule(left, !onMain),
    muted("┬"),
    ...rule(inner - left - 1 - where.length, onMain),
    muted(where),
  ];
  return cells;
}

function scrolled({ ui, doc, height }: Context, overlay: boolean): string {
  if (ui.scroll === undefined || overlay) return "";
  const from = clampScroll(doc, height, ui.scroll);
  return ` ${from + 1}–${Math.min(doc.length, from + height)} of ${doc.length} `;
}

function bottomRule(layout: Layout): Row {
  const inner = layout.columns - 2;
  if (layout.mode !== "split") return rule(inner, false);
  const left = layout.list.width + 1;
  return row(`${"─".repeat(left)}┴${"─".repeat(inner - left - 1)}`, { tone: "muted" });
}

function tooSmall({ columns, rows }: { columns: number; rows: number }): Frame {
  const width = Math.max(1, columns - 2);
  const lines = [
    fitRow([span("Terminal too small", { bold: true })], width),
    fitRow([span(`needs ${SMALLEST.columns}x${SMALLEST.rows}, has ${columns}x${rows}`)], width),
    fitRow([muted("the drill goes on")], width),
  ].slice(0, Math.max(1, rows));
  return { columns, rows, bands: [single("small", width, lines)], cursor: undefined };
}
