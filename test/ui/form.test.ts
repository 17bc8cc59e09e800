import { expect, test } from "vitest";
import { formKey, formText, type OpenDialog, openDialog } from "../../source/ui/dialog/form.ts";
import type { DialogSpec, Field } from "../../source/ui/dialog/spec.ts";

function field(name: string, more: Partial<Field> = {}): Field {
  return { name, label: name, kind: "line", initial: "", optional: false, ...more };
}

const SPEC: DialogSpec = {
  title: "Form",
  body: () => [],
  fields: [
    field("one", { check: (value) => (value === "bad" ? "Not bad." : undefined) }),
    field("two", { kind: "choice", choices: ["a", "b", "c"], initial: "a" }),
    field("three", { kind: "lines", optional: true }),
  ],
  buttons: [
    { label: "Go", primary: true, needs: ["one"], press: () => ({}) },
    { label: "Back", needs: [], press: () => ({}) },
  ],
};

const OPEN = openDialog({ kind: "settings" }, SPEC);

function keys(dialog: OpenDialog, ...names: readonly string[]): OpenDialog {
  return names.reduce((now, name) => formKey(now, SPEC, name).dialog, dialog);
}

function text(dialog: OpenDialog, typed: string): OpenDialog {
  return formText(dialog, SPEC, typed).dialog;
}

test("Enter goes from field to field and never reaches a button", () => {
  let dialog = text(OPEN, "x");
  for (let presses = 0; presses < 20; presses++) {
    const step = formKey(dialog, SPEC, "enter");
    expect(step.pressed).toBeUndefined();
    dialog = step.dialog;
  }
  expect(dialog.focus).toBeLessThan(SPEC.fields.length);
});

test("the focus goes around with Tab and back with Shift+Tab", () => {
  expect(keys(OPEN, "tab", "tab", "tab", "tab", "tab").focus).toBe(0);
  expect(keys(OPEN, "shift+tab").focus).toBe(4);
});

test("a button with a bad field is not pressed; the focus goes there with the reason", () => {
  const step = formKey(text(OPEN, "bad"), SPEC, "ctrl+d");
  expect(step.pressed).toBeUndefined();
  expect(step.dialog).toMatchObject({ focus: 0, complaint: "Not bad." });
  expect(formKey(text(OPEN, "good"), SPEC, "ctrl+d").pressed?.label).toBe("Go");
});

test("a button that needs nothing is pressed whatever the fields hold", () => {
  expect(formKey(keys(OPEN, "shift+tab"), SPEC, "enter").pressed?.label).toBe("Back");
});

test("choices go around with the arrows and cannot be typed into", () => {
  const choice = keys(OPEN, "tab");
  expect(keys(choice, "left").values.two).toBe("c");
  expect(keys(choice, "right", "right", "right").values.two).toBe("a");
  expect(text(choice, "zzz").values.two).toBe("a");
});

test("editing counts letters as people do", () => {
  const typed = text(OPEN, "a日👩‍👩‍👧b");
  expect(keys(typed, "left", "backspace").values.one).toBe("a日b");
  expect(keys(typed, "home", "delete").values.one).toBe("日👩‍👩‍👧b");
  expect(keys(text(OPEN, "two words"), "ctrl+w").values.one).toBe("two ");
  expect(keys(text(OPEN, "two words"), "left", "ctrl+k").values.one).toBe("two word");
  expect(text(keys(text(OPEN, "ac"), "left"), "b").values.one).toBe("abc");
});

test("pasted line breaks become spaces in a line and stay in a text", () => {
  expect(text(OPEN, "a\r\nb\rc").values.one).toBe("a b c");
  expect(text(keys(OPEN, "tab", "tab"), "a\r\nb\rc").values.three).toBe("a\nb\nc");
});

test("control characters are kept visible, never as such", () => {
  expect(text(OPEN, "a\x1b[2Jb\u202e").values.one).toBe("a\\x1b[2Jb\\u202e");
});
