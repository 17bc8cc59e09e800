/** Moving through the checklist and through the main pane. Pure. */
import { findRows } from "../model/doc.ts";
import { shownStep } from "../model/main-doc.ts";
import { orderedSteps } from "../model/world.ts";
import type { Context } from "./context.ts";
import { follow, scrollTo, select, type UiState } from "./ui-state.ts";

/** By so many rows; out of the overview downwards from the top, upwards from the end. */
export function scrollBy({ ui, doc, height }: Context, rows: number): UiState {
  const last = Math.max(0, doc.length - height);
  if (last === 0) return scrollTo(ui, undefined);
  const from = ui.scroll ?? (rows > 0 ? 0 : last);
  const step = ui.scroll === undefined && Math.abs(rows) === 1 ? 0 : rows;
  return scrollTo(ui, clamp(from + step, 0, last));
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

export function selectBy(context: Context, offset: number): UiState {
  const { ui, world } = context;
  const steps = orderedSteps(world).map(({ step }) => step.id);
  const shown = shownStep(world, ui);
  const at = shown === undefined ? -1 : steps.indexOf(shown);
  // Above the first step is the overview, or whatever the drill is at.
  if (at + offset < 0) return at < 0 ? ui : follow(ui);
  const next = steps[Math.min(at + offset, steps.length - 1)];
  return next === undefined ? ui : select(ui, next);
}

export function selectEnd({ ui, world }: Context, end: "first" | "last"): UiState {
  const steps = orderedSteps(world).map(({ step }) => step.id);
  const next = end === "first" ? steps[0] : steps.at(-1);
  return next === undefined ? ui : select(ui, next);
}

/** Finds the query and goes to its first place. */
export function startSearch(context: Context, query: string): UiState {
  const { search: _, ...rest } = context.ui;
  if (query === "") return rest;
  const hits = findRows(context.doc, query);
  const search = { query, hits: hits.length };
  const [first] = hits;
  return first === undefined ? { ...rest, search } : toHit({ ...rest, search }, context, first);
}

export function nextHit(context: Context, direction: 1 | -1): UiState {
  const { ui, doc } = context;
  if (ui.search === undefined) return ui;
  const { query, hit } = ui.search;
  const hits = findRows(doc, query);
  if (hits.length === 0) return { ...ui, search: { query, hits: 0 } };
  const from = hit ?? -1;
  const next =
    direction === 1
      ? (hits.find((index) => index > from) ?? hits[0])
      : (hits.findLast((index) => index < from) ?? hits.at(-1));
  const found: UiState = { ...ui, search: { query, hits: hits.length } };
  return next === undefined ? found : toHit(found, context, next);
}

function toHit(ui: UiState, { doc, height }: Context, hit: number): UiState {
  if (ui.search === undefined) return ui;
  const last = Math.max(0, doc.length - height);
  const scroll = clamp(hit - Math.floor(height / 3), 0, last);
  return { ...ui, scroll, search: { ...ui.search, hit } };
}
