/** A dialog as rows, with the row of the focus and the place of the text cursor. */
import { BLANK, fitRow, muted, paragraph, type Row, span } from "../text/rows.ts";
import { columnsOf, cut, graphemes, oneLine } from "../text/width.ts";
import type { OpenDialog } from "./form.ts";
import type { Button, DialogSpec, Field } from "./spec.ts";

export interface DialogRows {
  /** Stays in sight when the rest is scrolled. */
  readonly title: Row;
  readonly rows: readonly Row[];
  readonly focusRow: number;
  /** Where the text cursor is, when a text field has the focus. */
  readonly cursor?: { readonly row: number; readonly column: number };
}

export function dialogRows(dialog: OpenDialog, spec: DialogSpec, width: number): DialogRows {
  const rows: Row[] = [...spec.body(width), BLANK];
  let focusRow = 0;
  let cursor: DialogRows["cursor"];
  for (const [index, field] of spec.fields.entries()) {
    const focused = index === dialog.focus;
    const part = fieldRows(field, dialog, focused, width);
    if (focused) {
      focusRow = rows.length + part.at;
      if (part.column !== undefined) cursor = { row: focusRow, column: part.column };
    }
    rows.push(...part.rows);
  }
  if (spec.fields.length > 0) rows.push(BLANK);
  const labelWidth = Math.max(...spec.buttons.map(({ label }) => columnsOf(label)));
  for (const [index, button] of spec.buttons.entries()) {
    const focused = index + spec.fields.length === dialog.focus;
    if (focused) focusRow = rows.length;
    rows.push(buttonRow(button, focused, { labelWidth, width }));
  }
  const title = fitRow([span(oneLine(spec.title), { bold: true, tone: "accent" })], width);
  return { title, rows, focusRow, ...(cursor === undefined ? {} : { cursor }) };
}

function buttonRow(
  button: Button,
  focused: boolean,
  room: { labelWidth: number; width: number },
): Row {
  const about = [button.primary ? "Ctrl+D" : "", button.about ?? ""].filter((text) => text !== "");
  const label = `[ ${button.label} ]`.padEnd(room.labelWidth + 4);
  return fitRow(
    [
      span(focused ? "❯ " : "  ", { tone: "accent", bold: true }),
      span(label, focused ? { inverse: true, bold: true } : {}),
      muted(about.length === 0 ? "" : `  ${about.join(", ")}`),
    ],
    room.width,
  );
}

interface FieldRows {
  readonly rows: readonly Row[];
  readonly at: number;
  readonly column?: number;
}

function fieldRows(field: Field, dialog: OpenDialog, focused: boolean, width: number): FieldRows {
  const value = dialog.values[field.name] ?? "";
  const optional = field.optional && field.plain !== true ? " (optional)" : "";
  const label = paragraph(
    `${field.label}${optional}`,
    width,
    focused ? { bold: true } : { tone: "muted" },
  );
  const below: Row[] = [];
  if (focused && dialog.complaint !== undefined) {
    below.push(...paragraph(`! ${dialog.complaint}`, width, { tone: "bad" }));
  } else if (focused && field.hint !== undefined) {
    below.push(...paragraph(field.hint, width, { tone: "muted" }));
  }
  const at = label.length;
  if (field.kind === "choice") {
    return { rows: [...label, choiceRow(field, value, focused, width), ...below], at };
  }
  const lines = value.split("\n");
  const place = placeOf(value, dialog.cursor);
  const room = width - 3;
  const shown = lines.map((line, index) => {
    const window = lineWindow(line, focused && index === place.line ? place.offset : 0, room);
    return { window, cells: textRow(window.text, focused) };
  });
  const column = 2 + (shown[place.line]?.window.column ?? 0);
  return {
    rows: [...label, ...shown.map(({ cells }) => cells), ...below],
    at: at + (focused ? place.line : 0),
    ...(focused ? { column } : {}),
  };
}

function textRow(text: string, focused: boolean): Row {
  return [
    span(focused ? "❯ " : "│ ", focused ? { tone: "accent", bold: true } : { tone: "muted" }),
    span(oneLine(text), focused ? { underline: text !== "" } : {}),
  ];
}

function choiceRow(field: Field, value: string, focused: boolean, width: number): Row {
  const shown = value === "" ? "(choose)" : oneLine(value);
  const count = field.choices?.length ?? 0;
  const hint = focused ? `  ← → changes, ${count} choices` : "";
  return fitRow(
    [
      span(focused ? "❯ " : "│ ", focused ? { tone: "accent", bold: true } : { tone: "muted" }),
      span(focused ? `← ${shown} →` : shown, focused ? { bold: true } : {}),
      muted(hint),
    ],
    width,
  );
}

function placeOf(value: string, cursor: number): { line: number; offset: number } {
  const before = graphemes(value).slice(0, cursor);
  const line = before.filter((one) => one === "\n").length;
  return { line, offset: before.length - 1 - before.lastIndexOf("\n") };
}

/** The part of a long line around the cursor. */
function lineWindow(line: string, offset: number, room: number): { text: string; column: number } {
  const all = graphemes(line);
  const before = all.slice(0, offset).join("");
  if (columnsOf(before) <= room - 1) return { text: cut(line, room), column: columnsOf(before) };
  let start = 0;
  while (columnsOf(all.slice(start, offset).join("")) > room - 2) start++;
  const text = `…${all.slice(start).join("")}`;
  return { text: cut(text, room), column: 1 + columnsOf(all.slice(start, offset).join("")) };
}

/** First row in sight, so that the focus is, with room for a complaint below it. */
export function focusScroll(content: DialogRows, height: number, shift: number): number {
  const last = Math.max(0, content.rows.length - height);
  const wanted = Math.max(0, Math.min(content.focusRow - Math.floor(height / 2), last));
  return Math.max(0, Math.min(wanted + shift, last));
}
