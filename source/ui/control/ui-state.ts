/** What the screen itself remembers: where one looks, what is open, what was typed. Pure. */
import type { StepId } from "../../drill/types.ts";
import { draftName } from "../dialog/dialogs.ts";
import type { OpenDialog } from "../dialog/form.ts";
import type { Outcome, Values } from "../dialog/spec.ts";
import type { ShownValues } from "../model/row-values.ts";
import type { Tone } from "../text/rows.ts";

export type Pane = "list" | "main";

export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}

export interface Search {
  readonly query: string;
  /** What is being typed; absent once Enter was pressed. */
  readonly draft?: string;
  readonly hit?: number;
  readonly hits: number;
}

export interface UiState {
  /** Absent until Tab was pressed: then it depends on the layout. */
  readonly pane?: Pane;
  /** Absent while the screen follows the drill. */
  readonly selected?: StepId;
  /** Absent while the main pane shows its overview. */
  readonly scroll?: number;
  /** The log of what runs in the background, instead of the step. */
  readonly log?: true;
  readonly wrapOutput: boolean;
  readonly search?: Search;
  /** First help row in sight, while help is open. */
  readonly help?: number;
  /** Row values, while they are looked at. */
  readonly values?: ShownValues;
  readonly dialog?: OpenDialog;
  readonly drafts: Readonly<Record<string, Values>>;
  readonly notice?: Notice;
  /** What the outside is doing for us; keys wait meanwhile. */
  readonly busy?: string;
  readonly operator: string;
  readonly skips: Readonly<Record<StepId, string>>;
}

export function initialUi(operator: string): UiState {
  return { wrapOutput: false, drafts: {}, operator, skips: {} };
}

export function without<K extends keyof UiState>(
  ui: UiState,
  ...keys: readonly K[]
): Omit<UiState, K> {
  const rest = { ...ui };
  for (const key of keys) delete rest[key];
  return rest;
}

export function follow(ui: UiState): UiState {
  return without(ui, "selected", "scroll", "search", "log");
}

export function select(ui: UiState, step: StepId): UiState {
  return { ...without(ui, "scroll", "search", "log"), selected: step };
}

/** In the panel, where the arrows then scroll; back again, they go where they went. */
export function toggleLog(ui: UiState): UiState {
  const rest = without(ui, "scroll", "search", "log", "pane");
  return ui.log === true ? rest : { ...rest, log: true, pane: "main" };
}

export function scrollTo(ui: UiState, scroll: number | undefined): UiState {
  return scroll === undefined ? without(ui, "scroll") : { ...ui, scroll };
}

export function notify(ui: UiState, notice: Notice | undefined): UiState {
  return notice === undefined ? without(ui, "notice") : { ...ui, notice };
}

export function setBusy(ui: UiState, busy: string | undefined): UiState {
  return busy === undefined ? without(ui, "busy") : { ...ui, busy };
}

/** Closes the dialog; what was typed waits for the next time, unless it was used. */
export function closeDialog(ui: UiState, used: boolean): UiState {
  const { dialog, drafts, ...rest } = ui;
  if (dialog === undefined) return ui;
  const name = draftName(dialog.kind);
  const { [name]: _, ...others } = drafts;
  return { ...rest, drafts: used ? others : { ...drafts, [name]: dialog.values } };
}

export function planSkip(ui: UiState, step: StepId, reason: string | undefined): UiState {
  const { [step]: _, ...others } = ui.skips;
  return { ...ui, skips: reason === undefined ? others : { ...others, [step]: reason } };
}

/** What a dialog decided about the screen's own state. */
export function ownState(ui: UiState, { operator, skip }: Outcome): UiState {
  const named = operator === undefined ? ui : { ...ui, operator };
  return skip === undefined ? named : planSkip(named, skip.step, skip.reason);
}
