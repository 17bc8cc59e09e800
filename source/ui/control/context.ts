/** What a key press is judged by: the world, the screen's own state, and what is in sight. */
import type { Doc } from "../model/doc.ts";
import { mainPane } from "../model/main-doc.ts";
import { screenOf, type World } from "../model/world.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Pane, UiState } from "./ui-state.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Context {
  readonly world: World;
  readonly ui: UiState;
  readonly layout: Layout | undefined;
  readonly pane: Pane;
  readonly doc: Doc;
  /** Rows the document has in the main pane. */
  readonly height: number;
}

export function hasList(world: World): boolean {
  const screen = screenOf(world);
  return screen === "plan" || screen === "drill" || screen === "result";
}

/** Where arrows go: on narrow screens what is shown, else the checklist until Tab. */
export function paneOf(ui: UiState, layout: Layout | undefined): Pane {
  return ui.pane ?? (layout?.mode === "single" ? "main" : "list");
}

export function contextOf(world: World, ui: UiState, size: Size): Context {
  const layout = layoutOf(size.columns, size.rows, hasList(world));
  const area = layout?.main ?? { width: 38, height: 6 };
  const { title, doc } = mainPane(world, ui, area.width);
  return {
    world,
    ui,
    layout,
    pane: hasList(world) ? paneOf(ui, layout) : "main",
    doc,
    height: Math.max(1, area.height - title.length),
  };
}
