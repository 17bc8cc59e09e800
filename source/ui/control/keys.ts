/** Ink's key events as names: `enter`, `shift+tab`, `ctrl+c`, or text. */
import type { Key } from "ink";

export type Press =
  | { readonly kind: "key"; readonly name: string }
  /** One typed character, or several that arrived at once. */
  | { readonly kind: "text"; readonly text: string };

const NAMED = [
  ["return", "enter"],
  ["escape", "esc"],
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["home", "home"],
  ["end", "end"],
  ["backspace", "backspace"],
  ["delete", "delete"],
] as const;

/** Tabs and Enters that arrive at once, with no text among them, are keys pressed fast. */
export function pressesOf(input: string, key: Key): readonly Press[] {
  if (input.length > 1 && /^[\t\r]+$/.test(input)) {
    return [...input].map((one) => ({ kind: "key", name: one === "\t" ? "tab" : "enter" }));
  }
  const press = pressOf(input, key);
  return press === undefined ? [] : [press];
}

function pressOf(input: string, key: Key): Press | undefined {
  if (key.eventType === "release") return undefined;
  if (key.tab) return { kind: "key", name: key.shift ? "shift+tab" : "tab" };
  const named = NAMED.find(([property]) => key[property]);
  if (named !== undefined) return { kind: "key", name: named[1] };
  if (key.ctrl) return input === "" ? undefined : { kind: "key", name: `ctrl+${input}` };
  if (key.meta || input === "") return undefined;
  return { kind: "text", text: input };
}
