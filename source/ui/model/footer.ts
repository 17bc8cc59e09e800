/** The two lines at the bottom: what is going on, and the keys that matter now. */
import { bindingsOf, keyLabel } from "../control/keymap.ts";
import type { UiState } from "../control/ui-state.ts";
import { spinner } from "../text/glyphs.ts";
import { fitRow, muted, type Row, rowColumns, type Span, span, spread } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import { attentionOf } from "./attention.ts";
import { shownStep } from "./main-doc.ts";
import { screenOf, type World } from "./world.ts";

export function footerRows(world: World, ui: UiState, width: number): readonly Row[] {
  return [statusRow(world, ui, width), hintRow(world, ui, width)];
}

function statusRow(world: World, ui: UiState, width: number): Row {
  const { search, busy, notice } = ui;
  if (search?.draft !== undefined) {
    return fitRow(
      [span("/", { bold: true }), span(oneLine(search.draft)), span("_", { inverse: true })],
      width,
    );
  }
  if (busy !== undefined)
    return fitRow([span(`${spinner(world.now)} ${busy}`, { tone: "info" })], width);
  if (notice !== undefined) {
    return fitRow([span(oneLine(notice.text), { tone: notice.tone, bold: true })], width);
  }
  const found = search === undefined ? [] : [muted(searchWords(search.hits, search.query))];
  if (world.drill === undefined) return spread(found, [], width);
  const { text, act, urgent } = attentionOf(world.drill);
  const mark = urgent ? "▶ " : world.drill.phase === "signed-off" ? "" : `${spinner(world.now)} `;
  const enter =
    act === undefined || ui.dialog !== undefined || ui.values !== undefined
      ? []
      : [span(`  Enter: ${act}`, { tone: "warn", bold: true })];
  const style = urgent ? ({ tone: "warn", bold: true } as const) : ({ tone: "info" } as const);
  const room = width - rowColumns(enter);
  return [...fitRow(spread([span(mark + text, style)], found, room), room), ...enter];
}

function searchWords(hits: number, query: string): string {
  return hits === 0 ? `nothing found for "${oneLine(query)}"` : `${hits} found, n and N`;
}

function hintRow(world: World, ui: UiState, width: number): Row {
  if (ui.search?.draft !== undefined)
    return hints(
      [
        ["Enter", "find"],
        ["Esc", "stop"],
      ],
      width,
    );
  if (ui.dialog !== undefined) {
    return hints(
      [
        ["Tab", "next"],
        ["Enter", "press"],
        ["Ctrl+D", "done"],
        ["Esc", "close"],
      ],
      width,
    );
  }
  if (ui.values !== undefined)
    return hints(
      [
        ["↑ ↓", "scroll"],
        ["any key", "close and forget"],
      ],
      width,
    );
  if (ui.help !== undefined)
    return hints(
      [
        ["↑ ↓", "scroll"],
        ["any key", "close"],
      ],
      width,
    );
  if (screenOf(world) === "refused") return hints([["any key", "leave"]], width);
  const wanted = bindingsOf(world).flatMap(({ keys, hint }) => {
    const label =
      typeof hint?.label === "function"
        ? hint.label({ world, shown: shownStep(world, ui), log: ui.log === true })
        : hint?.label;
    const key = keys[0];
    return label === undefined || hint === undefined || key === undefined
      ? []
      : [{ key: keyLabel(key), label, rank: hint.rank }];
  });
  const byRank = wanted.toSorted((a, b) => a.rank - b.rank);
  return hints(
    byRank.map(({ key, label }) => [key, label]),
    width,
  );
}

/** As many whole hints as there is room for. */
function hints(pairs: readonly (readonly [string, string])[], width: number): Row {
  const cells: Span[] = [];
  for (const [key, label] of pairs) {
    const more = [
      span(cells.length === 0 ? "" : "  "),
      span(key, { bold: true }),
      muted(` ${label}`),
    ];
    if (rowColumns([...cells, ...more]) > width) break;
    cells.push(...more);
  }
  return cells;
}
