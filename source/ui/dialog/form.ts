/** One open dialog: what is typed, where the focus is. Pure. */
import { oneLine } from "../text/width.ts";
import { type Edited, editKey, insert, lengthOf } from "./edit.ts";
import {
  type Button,
  type DialogKind,
  type DialogSpec,
  type Field,
  fieldComplaint,
  type Values,
} from "./spec.ts";

export interface OpenDialog {
  readonly kind: DialogKind;
  readonly values: Values;
  /** Index over the fields, then the buttons. */
  readonly focus: number;
  readonly cursor: number;
  readonly complaint?: string;
  /** Rows scrolled away from the focus, to read a long text. */
  readonly shift: number;
}

export interface FormStep {
  readonly dialog: OpenDialog;
  readonly pressed?: Button;
}

export function openDialog(kind: DialogKind, spec: DialogSpec, draft: Values = {}): OpenDialog {
  const values = Object.fromEntries(
    spec.fields.map(({ name, initial }) => [name, draft[name] ?? initial]),
  );
  return focusOn({ kind, values, focus: 0, cursor: 0, shift: 0 }, spec, 0);
}

function focusOn(dialog: OpenDialog, spec: DialogSpec, focus: number): OpenDialog {
  const count = spec.fields.length + spec.buttons.length;
  const at = (focus + count) % count;
  const field = spec.fields[at];
  const { complaint: _, ...rest } = dialog;
  return {
    ...rest,
    focus: at,
    cursor: field === undefined ? 0 : lengthOf(dialog.values[field.name] ?? ""),
  };
}

export function focusedField(dialog: OpenDialog, spec: DialogSpec): Field | undefined {
  return spec.fields[dialog.focus];
}

function focusedButton(dialog: OpenDialog, spec: DialogSpec): Button | undefined {
  return spec.buttons[dialog.focus - spec.fields.length];
}

const PAGES: Readonly<Record<string, number>> = { "page-up": -5, "page-down": 5 };

/** A named key: `enter`, `tab`, `left`, `ctrl+d`. */
export function formKey(before: OpenDialog, spec: DialogSpec, key: string): FormStep {
  const page = PAGES[key];
  if (page !== undefined) return { dialog: { ...before, shift: before.shift + page } };
  const dialog = { ...before, shift: 0 };
  const field = focusedField(dialog, spec);
  if (key === "tab" || key === "down") return { dialog: focusOn(dialog, spec, dialog.focus + 1) };
  if (key === "shift+tab" || key === "up") {
    return { dialog: focusOn(dialog, spec, dialog.focus - 1) };
  }
  if (key === "ctrl+d")
    return press(
      dialog,
      spec,
      spec.buttons.find(({ primary }) => primary),
    );
  if (field === undefined) return buttonKey(dialog, spec, key);
  if (key === "enter") return { dialog: enterInField(dialog, spec, field) };
  if (field.kind === "choice") return { dialog: chooseKey(dialog, field, key) };
  const edited = editKey(editedOf(dialog, field), key);
  return { dialog: edited === undefined ? dialog : withText(dialog, field, edited) };
}

function buttonKey(dialog: OpenDialog, spec: DialogSpec, key: string): FormStep {
  if (key === "enter") return press(dialog, spec, focusedButton(dialog, spec));
  if (key === "left") return { dialog: focusOn(dialog, spec, dialog.focus - 1) };
  if (key === "right") return { dialog: focusOn(dialog, spec, dialog.focus + 1) };
  return { dialog };
}

/** Enter moves on between fields and never leads onto a button. */
function enterInField(dialog: OpenDialog, spec: DialogSpec, field: Field): OpenDialog {
  if (field.kind === "lines") return withText(dialog, field, insert(editedOf(dialog, field), "\n"));
  if (dialog.focus + 1 < spec.fields.length) return focusOn(dialog, spec, dialog.focus + 1);
  const primary = spec.buttons.find((button) => button.primary)?.label ?? "a button";
  return { ...dialog, complaint: `Tab to "${primary}" and press Enter there, or press Ctrl+D.` };
}

function press(dialog: OpenDialog, spec: DialogSpec, button: Button | undefined): FormStep {
  if (button === undefined) return { dialog };
  for (const [index, field] of spec.fields.entries()) {
    if (!button.needs.includes(field.name)) continue;
    const complaint = fieldComplaint(field, dialog.values[field.name] ?? "");
    if (complaint !== undefined) return { dialog: { ...focusOn(dialog, spec, index), complaint } };
  }
  return { dialog, pressed: button };
}

function chooseKey(dialog: OpenDialog, field: Field, key: string): OpenDialog {
  const step = key === "left" ? -1 : key === "right" ? 1 : 0;
  return step === 0 ? dialog : choose(dialog, field, step);
}

function choose(dialog: OpenDialog, field: Field, step: number): OpenDialog {
  const choices = field.choices ?? [];
  if (choices.length === 0) return dialog;
  const at = choices.indexOf(dialog.values[field.name] ?? "");
  const next = choices[(at + step + choices.length) % choices.length] ?? "";
  return { ...dialog, values: { ...dialog.values, [field.name]: next } };
}

/** Typed or pasted text. Never presses anything, whatever it holds. */
export function formText(dialog: OpenDialog, spec: DialogSpec, text: string): FormStep {
  const field = focusedField(dialog, spec);
  if (field === undefined) return { dialog };
  if (field.kind === "choice") {
    return { dialog: text === " " ? choose(dialog, field, 1) : dialog };
  }
  const added = cleanInput(text, field.kind === "lines");
  return { dialog: withText(dialog, field, insert(editedOf(dialog, field), added)) };
}

function cleanInput(text: string, multiline: boolean): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const clean = lines.map((line) => oneLine(line.replaceAll("\t", " ")));
  return multiline ? clean.join("\n") : clean.join(" ").replace(/ +$/, (end) => end.slice(0, 1));
}

function editedOf(dialog: OpenDialog, field: Field): Edited {
  return { text: dialog.values[field.name] ?? "", cursor: dialog.cursor };
}

function withText(dialog: OpenDialog, field: Field, edited: Edited): OpenDialog {
  const { complaint: _, ...rest } = dialog;
  return {
    ...rest,
    cursor: edited.cursor,
    values: { ...dialog.values, [field.name]: edited.text },
  };
}
