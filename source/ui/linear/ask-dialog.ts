/** The dialogs of the screen, asked line by line. */
import {
  type DialogSpec,
  type Field,
  fieldComplaint,
  type Outcome,
  type Values,
} from "../dialog/spec.ts";
import { rowText } from "../text/rows.ts";
import { oneLine } from "../text/width.ts";
import type { LineConsole } from "./console.ts";

const WIDTH = 78;

/** Undefined when the operator is gone. */
export async function askDialog(
  lines: LineConsole,
  spec: DialogSpec,
): Promise<Outcome | undefined> {
  lines.print(`\n${oneLine(spec.title)}`);
  for (const cells of spec.body(WIDTH)) lines.print(rowText(cells));
  for (;;) {
    const button = await chooseButton(lines, spec);
    if (button === undefined) return undefined;
    const values = await askFields(lines, spec.fields, button.needs, button.primary === true);
    if (values === undefined) return undefined;
    if (values !== "again") return button.press(values);
  }
}

async function chooseButton(lines: LineConsole, spec: DialogSpec) {
  lines.print("What do you want to do? Type a number.");
  for (const [index, { label, about }] of spec.buttons.entries()) {
    lines.print(
      `  ${index + 1}. ${label}${about === undefined || about === "" ? "" : ` - ${about}`}`,
    );
  }
  for (;;) {
    const typed = await lines.ask("Number:");
    if (typed === undefined) return undefined;
    const button = spec.buttons[Number(typed.trim()) - 1];
    if (/^\d+$/.test(typed.trim()) && button !== undefined) return button;
    lines.print(`Type a number from 1 to ${spec.buttons.length}.`);
  }
}

/** Every field for the main button, only the needed ones for another. */
async function askFields(
  lines: LineConsole,
  fields: readonly Field[],
  needs: readonly string[],
  all: boolean,
): Promise<Values | "again" | undefined> {
  const values: Record<string, string> = Object.fromEntries(
    fields.map(({ name, initial }) => [name, initial]),
  );
  const asked = fields.filter(({ name }) => all || needs.includes(name) || name === "note");
  if (needs.length === 0 && !all) return values;
  if (asked.length > 0) lines.print('Answer line by line; "." alone goes back.');
  for (const field of asked) {
    const value = await askField(lines, field);
    if (value === undefined || value === "again") return value;
    values[field.name] = value.text;
  }
  return values;
}

async function askField(
  lines: LineConsole,
  field: Field,
): Promise<{ readonly text: string } | "again" | undefined> {
  const optional = field.optional ? ", optional" : "";
  const initial = field.initial === "" ? "" : `, empty for "${oneLine(field.initial)}"`;
  const choices = field.choices === undefined ? "" : `, one of ${field.choices.join(" / ")}`;
  for (;;) {
    const typed = await lines.ask(`${oneLine(field.label)}${optional}${choices}${initial}:`);
    if (typed === undefined) return undefined;
    if (typed.trim() === ".") return "again";
    const text = typed === "" ? field.initial : typed;
    const stray = field.choices !== undefined && text !== "" && !field.choices.includes(text);
    const complaint = stray ? `It must be ${choices.slice(2)}.` : fieldComplaint(field, text);
    if (complaint === undefined) return { text };
    lines.print(complaint);
  }
}
