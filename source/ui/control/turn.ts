/** One key press or paste, judged by what is open: busy, search, dialog, help, or the screen. */
import { dialogSpec } from "../dialog/dialogs.ts";
import { type FormStep, formKey, formText } from "../dialog/form.ts";
import type { DialogSpec, Outcome } from "../dialog/spec.ts";
import { scrollValues } from "../model/row-values.ts";
import { screenOf } from "../model/world.ts";
import { graphemes, oneLine } from "../text/width.ts";
import type { Context } from "./context.ts";
import { only, open, perform, type Turn } from "./intents.ts";
import { bindingFor } from "./keymap.ts";
import type { Press } from "./keys.ts";
import { overlayArea } from "./layout.ts";
import { startSearch } from "./scrolling.ts";
import { closeDialog, notify, ownState, type UiState, without } from "./ui-state.ts";

/** How to look again after the state moved on within one press. */
export type Look = (ui: UiState) => Context;

export function takePress(press: Press, look: Look, before: UiState): Turn {
  const ui = notify(before, undefined);
  const context = look(ui);
  if (press.kind === "key" && press.name === "ctrl+c") return interrupt(context);
  if (ui.busy !== undefined) return only(ui);
  if (ui.search?.draft !== undefined) return only(searchPress(press, context));
  if (ui.dialog !== undefined) return dialogPress(press, context);
  if (ui.values !== undefined) return only(valuesPress(press, context));
  if (ui.help !== undefined) return only(helpPress(press, ui));
  if (screenOf(context.world) === "refused") return { ui, effects: [{ type: "leave" }] };
  return press.kind === "key" ? keyPress(press.name, context) : textPress(press.text, look, ui);
}

/** Pasted text goes into what is being typed, and is nothing anywhere else. */
export function takePaste(text: string, context: Context): Turn {
  const { ui } = context;
  if (ui.busy !== undefined) return only(ui);
  const press: Press = { kind: "text", text };
  if (ui.search?.draft !== undefined) return only(searchPress(press, context));
  return ui.dialog === undefined ? only(ui) : dialogPress(press, context);
}

function interrupt(context: Context): Turn {
  const { ui } = context;
  if (ui.dialog?.kind.kind === "leave" || ui.busy !== undefined) {
    return { ui, effects: [{ type: "leave" }] };
  }
  const closed = ui.dialog === undefined ? ui : closeDialog(ui, false);
  return perform("interrupt", { ...context, ui: without(closed, "help", "values") });
}

function keyPress(name: string, context: Context): Turn {
  const binding = bindingFor(context.world, name);
  return binding === undefined ? only(context.ui) : perform(binding.intent, context);
}

/** Several characters at once are keys pressed fast; what counts must come alone. */
function textPress(text: string, look: Look, before: UiState): Turn {
  const keys = graphemes(text);
  let turn = only(before);
  for (const [index, key] of keys.entries()) {
    const { ui } = turn;
    if (ui.dialog !== undefined || ui.search?.draft !== undefined) {
      const rest = takePaste(keys.slice(index).join(""), look(ui));
      return { ui: rest.ui, effects: [...turn.effects, ...rest.effects] };
    }
    const name = key === "\r" ? "enter" : key;
    const context = look(ui);
    const binding = bindingFor(context.world, name);
    if (binding === undefined || (binding.alone === true && keys.length > 1)) continue;
    const next = perform(binding.intent, context);
    turn = { ui: next.ui, effects: [...turn.effects, ...next.effects] };
  }
  return turn;
}

function searchPress(press: Press, context: Context): UiState {
  const { ui } = context;
  const draft = ui.search?.draft ?? "";
  const typing = (text: string): UiState => ({
    ...ui,
    search: { query: ui.search?.query ?? "", hits: 0, draft: text },
  });
  if (press.kind === "text") {
    return typing(draft + oneLine(press.text.replace(/[\r\n]+/g, " ")));
  }
  switch (press.name) {
    case "enter":
      return startSearch(context, draft === "" ? (ui.search?.query ?? "") : draft);
    case "esc":
      return without(ui, "search");
    case "backspace":
      return draft === "" ? without(ui, "search") : typing(graphemes(draft).slice(0, -1).join(""));
    case "ctrl+u":
      return typing("");
    default:
      return ui;
  }
}

const SCROLLS: Readonly<Record<string, number>> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  "page-down": 8,
  " ": 8,
  "page-up": -8,
};

/** Rows to scroll by; several keys pressed fast come as one. Undefined when one of them is another. */
function scrollOf(press: Press): number | undefined {
  const names = press.kind === "key" ? [press.name] : graphemes(press.text);
  return names.reduce<number | undefined>((sum, name) => {
    const step = SCROLLS[name];
    return sum === undefined || step === undefined ? undefined : sum + step;
  }, 0);
}

/** Whatever does not scroll closes them, and then they are gone. */
function valuesPress(press: Press, { ui, layout }: Context): UiState {
  const step = scrollOf(press);
  if (step === undefined || ui.values === undefined || layout === undefined) {
    return without(ui, "values");
  }
  return { ...ui, values: scrollValues(ui.values, step, overlayArea(layout)) };
}

function helpPress(press: Press, ui: UiState): UiState {
  const step = scrollOf(press);
  return step === undefined
    ? without(ui, "help")
    : { ...ui, help: Math.max(0, (ui.help ?? 0) + step) };
}

function dialogPress(press: Press, context: Context): Turn {
  const { ui, world } = context;
  const { dialog } = ui;
  if (dialog === undefined) return only(ui);
  const spec = dialogSpec(dialog.kind, world, ui.operator);
  if (spec === undefined || (press.kind === "key" && press.name === "esc")) {
    return only(closeDialog(ui, false));
  }
  const step = formPress(press, dialog, spec);
  const next = { ...ui, dialog: step.dialog };
  return step.pressed === undefined
    ? only(next)
    : applyOutcome(step.pressed.press(step.dialog.values), { ...context, ui: next });
}

function formPress(press: Press, dialog: FormStep["dialog"], spec: DialogSpec): FormStep {
  if (press.kind === "key") return formKey(dialog, spec, press.name);
  const button = spec.buttons[dialog.focus - spec.fields.length];
  // A space presses a button, as everywhere.
  if (button !== undefined) return press.text === " " ? formKey(dialog, spec, "enter") : { dialog };
  return formText(dialog, spec, press.text);
}

/** With effects the dialog stays until they went well. */
function applyOutcome(outcome: Outcome, context: Context): Turn {
  const ui = ownState(context.ui, outcome);
  if (outcome.effects !== undefined) return { ui, effects: outcome.effects };
  const used = outcome.skip !== undefined || outcome.operator !== undefined;
  const closed = closeDialog(ui, used);
  return outcome.open === undefined ? only(closed) : open({ ...context, ui: closed }, outcome.open);
}
