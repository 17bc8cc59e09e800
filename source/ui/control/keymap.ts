/** Every key of every screen, in one table: it drives the input, the hints and the help. */

import { owed } from "../../drill/state.ts";
import { leftoverOf } from "../dialog/plan-dialogs.ts";
import { attentionOf } from "../model/attention.ts";
import { screenOf, type World } from "../model/world.ts";

export type Intent =
  | "act"
  | "begin"
  | "settings"
  | "leftover"
  | "down"
  | "up"
  | "page-down"
  | "page-up"
  | "top"
  | "bottom"
  | "pane"
  | "follow"
  | "search"
  | "next-hit"
  | "previous-hit"
  | "wrap"
  | "retry"
  | "excuse"
  | "finding"
  | "keep"
  | "pause"
  | "give-up"
  | "abort"
  | "sign-off"
  | "export"
  | "help"
  | "leave"
  | "interrupt";

export interface Binding {
  readonly keys: readonly string[];
  readonly intent: Intent;
  readonly about: string;
  /** Short label for the hints line; the lower the rank the more it is wanted there. */
  readonly hint?: {
    readonly label: string | ((world: World) => string | undefined);
    readonly rank: number;
  };
  /** Does something that counts, so it must be pressed alone. */
  readonly alone?: boolean;
}

const MOVING: readonly Binding[] = [
  {
    keys: ["down", "j"],
    intent: "down",
    about: "next step, or scroll down when the panel has the focus",
  },
  { keys: ["up", "k"], intent: "up", about: "previous step, or scroll up" },
  { keys: ["page-down", " ", "ctrl+f"], intent: "page-down", about: "panel: a page down" },
  { keys: ["page-up", "ctrl+b"], intent: "page-up", about: "panel: a page up" },
  { keys: ["home", "g"], intent: "top", about: "to the first step, or to the panel's beginning" },
  { keys: ["end", "G"], intent: "bottom", about: "to the last step, or to the panel's end" },
  {
    keys: ["tab", "shift+tab"],
    intent: "pane",
    about: "between the checklist and the panel",
    hint: { label: "switch", rank: 6 },
  },
  { keys: ["f", "esc"], intent: "follow", about: "follow the drill again, newest output" },
  { keys: ["/"], intent: "search", about: "search the panel", hint: { label: "search", rank: 7 } },
  { keys: ["n"], intent: "next-hit", about: "next place found" },
  { keys: ["N"], intent: "previous-hit", about: "previous place found" },
  { keys: ["o"], intent: "wrap", about: "break long output lines, or cut them" },
];

const ALWAYS: readonly Binding[] = [
  { keys: ["?"], intent: "help", about: "this help", hint: { label: "help", rank: 1 } },
  { keys: ["q"], intent: "leave", about: "leave", hint: { label: "leave", rank: 8 } },
  { keys: ["ctrl+c"], intent: "interrupt", about: "leave; pressed twice it leaves at once" },
];

const OPENING: readonly Binding[] = [
  {
    keys: ["q", "esc", "ctrl+c"],
    intent: "leave",
    about: "leave",
    hint: { label: "leave", rank: 1 },
  },
];

const PLAN: readonly Binding[] = [
  {
    keys: ["b"],
    intent: "begin",
    about: "begin the drill",
    hint: { label: (world) => (world.resuming === undefined ? "begin" : "go on"), rank: 0 },
    alone: true,
  },
  {
    keys: ["v"],
    intent: "settings",
    about: "change variables and the operator",
    hint: { label: "variables", rank: 3 },
  },
  {
    keys: ["l"],
    intent: "leftover",
    about: "a leftover restore database: another name, or drop it",
    hint: { label: (world) => (leftoverOf(world) === undefined ? undefined : "leftover"), rank: 0 },
  },
  {
    keys: ["s"],
    intent: "excuse",
    about: "skip the selected optional step, with a reason",
    hint: { label: "skip", rank: 5 },
  },
  ...MOVING,
  ...ALWAYS,
];

const DRILL: readonly Binding[] = [
  {
    keys: ["enter"],
    intent: "act",
    about: "do what the drill waits for: answer, decide, sign off",
    hint: {
      label: (world) => (world.drill === undefined ? undefined : attentionOf(world.drill).act),
      rank: 0,
    },
  },
  {
    keys: ["p"],
    intent: "pause",
    about: "pause before the next step, or go on",
    hint: {
      label: (world) =>
        world.drill?.phase !== "running" ? undefined : world.drill.paused ? "go on" : "pause",
      rank: 3,
    },
    alone: true,
  },
  {
    keys: ["r"],
    intent: "retry",
    about: "run the step again",
    hint: {
      label: (world) => (world.drill?.phase === "running" ? "run again" : undefined),
      rank: 5,
    },
  },
  {
    keys: ["s", "w"],
    intent: "excuse",
    about: "skip or leave an optional step, waive a required one, with a reason",
    hint: {
      label: (world) => (world.drill?.phase === "running" ? "skip/waive" : undefined),
      rank: 4,
    },
  },
  {
    keys: ["i"],
    intent: "finding",
    about: "record a finding",
    hint: { label: "finding", rank: 4 },
  },
  {
    keys: ["d"],
    intent: "keep",
    about: "keep the restore database (or another thing made) on purpose",
    hint: {
      label: (world) =>
        world.drill === undefined || owed(world.drill).length === 0 ? undefined : "keep",
      rank: 9,
    },
  },
  { keys: ["u"], intent: "give-up", about: "give up: end with the verdict failed" },
  {
    keys: ["a"],
    intent: "abort",
    about: "abort the drill, with a reason",
    hint: { label: (world) => (world.drill?.phase === "running" ? "abort" : undefined), rank: 5 },
  },
  ...MOVING,
  ...ALWAYS,
];

const RESULT: readonly Binding[] = [
  {
    keys: ["e"],
    intent: "export",
    about: "export the log entry",
    hint: { label: "export", rank: 0 },
  },
  ...MOVING,
  ...ALWAYS,
];

export function bindingsOf(world: World): readonly Binding[] {
  switch (screenOf(world)) {
    case "opening":
    case "refused":
      return OPENING;
    case "plan":
      return PLAN;
    case "drill":
      return DRILL;
    case "result":
      return RESULT;
  }
}

export function bindingFor(world: World, key: string): Binding | undefined {
  return bindingsOf(world).find(({ keys }) => keys.includes(key));
}

const SHOWN: Readonly<Record<string, string>> = {
  " ": "Space",
  enter: "Enter",
  esc: "Esc",
  tab: "Tab",
  "shift+tab": "Shift+Tab",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  home: "Home",
  end: "End",
  "page-up": "PgUp",
  "page-down": "PgDn",
};

export function keyLabel(key: string): string {
  return (
    SHOWN[key] ?? key.replace(/^ctrl\+(.)$/, (_, letter: string) => `Ctrl+${letter.toUpperCase()}`)
  );
}

/** For dialogs and for typing a search; not bindings, because text goes in between. */
export const DIALOG_KEYS: readonly (readonly [string, string])[] = [
  ["Tab ↓", "next field or button"],
  ["Shift+Tab ↑", "previous field or button"],
  ["← →", "move the text cursor, or choose"],
  ["Enter", "on a button: press it; in a text: next field or new line"],
  ["Ctrl+D", "done: press the main button"],
  ["Ctrl+U Ctrl+K Ctrl+W", "delete to the beginning, to the end, a word"],
  ["Esc", "close; what was typed is kept"],
];
