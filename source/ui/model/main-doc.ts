/** Which document the main pane shows, and the fixed title above it. */
import type { StepId } from "../../drill/types.ts";
import type { UiState } from "../control/ui-state.ts";
import { spinner } from "../text/glyphs.ts";
import type { Row } from "../text/rows.ts";
import { followedStep } from "./attention.ts";
import { backgroundOf, logDoc, logTitle } from "./background-log.ts";
import { type Doc, docOf } from "./doc.ts";
import { openingRows, planRows, refusedRows } from "./plan.ts";
import { stepDoc, stepTitle } from "./step-panel.ts";
import { cleanupRows, summaryRows } from "./summary.ts";
import { findStep, screenOf, type World } from "./world.ts";

export interface MainPane {
  readonly title: readonly Row[];
  readonly doc: Doc;
}

/** The step on show: the chosen one, else the one the drill is at. */
export function shownStep(world: World, ui: Pick<UiState, "selected">): StepId | undefined {
  if (ui.selected !== undefined) return ui.selected;
  return world.drill === undefined ? undefined : followedStep(world.drill);
}

export function mainPane(world: World, ui: UiState, width: number): MainPane {
  const screen = screenOf(world);
  const plain = (rows: readonly Row[]): MainPane => ({ title: [], doc: docOf(rows) });
  if (screen === "opening") return plain(openingRows(world, width, spinner(world.now)));
  if (screen === "refused") return plain(refusedRows(world, width));
  const background = ui.log === true ? backgroundOf(world.drill) : undefined;
  if (background !== undefined) {
    const options = { width, wrapOutput: ui.wrapOutput };
    return { title: logTitle(background, width), doc: logDoc(world, background, options) };
  }
  const shown = shownStep(world, ui);
  const located = shown === undefined ? undefined : findStep(world, shown);
  if (located !== undefined) {
    return {
      title: stepTitle(world, located, width),
      doc: stepDoc(world, located, { width, wrapOutput: ui.wrapOutput }),
    };
  }
  if (world.drill === undefined) return plain(planRows(world, ui, width));
  return plain(
    world.drill.phase === "ending" || world.drill.phase === "running"
      ? cleanupRows(world.drill, width)
      : summaryRows(world, width),
  );
}
