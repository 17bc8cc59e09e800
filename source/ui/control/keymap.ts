/** Every key of every screen, in one table: it drives the input, the hints and the help. */
import { screenOf, type World } from "../model/world.ts";
import { HINTS, type HintContext } from "./hint-labels.ts";

export type Intent =
  | "act"
  | "begin"
  | "settings"
  | "leftover"
  | "save"
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
  | "values"
  | "log"
  | "keep"
  | "pause"
  | "stop"
  | "give-up"
  | "abort"
  | "export"
  | "help"
  | "leave"
  | "interrupt";

export interface Binding {
  readonly keys: readonly string[];
  readonly intent: Intent;
  readonly about: string;
  /** Label for the hints line; the lower the rank the more it is wanted there. */
  readonly hint?: {
    readonly label: string | ((context: HintContext) => string | undefined);
    readonly rank: number;
  };
  /** Does something that counts, so it must be pressed alone. */
  readonly alone?: boolean;
}

type Hint = NonNullable<Binding["hint"]>;

function bind(intent: Intent, keys: readonly string[], about: string, hint?: Hint): Binding {
  return { keys, intent, about, ...(hint === undefined ? {} : { hint }) };
}

const MOVING: readonly Binding[] = [
  bind("down", ["down", "j"], "next step; in the panel a line down"),
  bind("up", ["up", "k"], "step before; in the panel a line up"),
  bind("page-down", ["page-down", " ", "ctrl+f"], "panel: a page down"),
  bind("page-up", ["page-up", "ctrl+b"], "panel: a page up"),
  bind("top", ["home", "g"], "first step; in the panel its beginning"),
  bind("bottom", ["end", "G"], "last step; in the panel its newest output"),
  bind("pane", ["tab", "shift+tab"], "between checklist and panel", { label: "switch", rank: 6 }),
  bind("follow", ["f", "esc"], "follow the drill again, newest output"),
  bind("search", ["/"], "search the panel", { label: "search", rank: 7 }),
  bind("next-hit", ["n"], "next place found"),
  bind("previous-hit", ["N"], "place found before"),
  bind("wrap", ["o"], "break long output lines, or cut them"),
];

const ALWAYS: readonly Binding[] = [
  bind("help", ["?"], "this help", { label: "help", rank: 1 }),
  bind("leave", ["q"], "leave", { label: "leave", rank: 8 }),
  bind("interrupt", ["ctrl+c"], "leave; pressed twice it leaves at once"),
];

const OPENING: readonly Binding[] = [
  bind("leave", ["q", "esc", "ctrl+c"], "leave", { label: "leave", rank: 1 }),
];

const PLAN: readonly Binding[] = [
  { ...bind("begin", ["b"], "begin the drill", { label: HINTS.begin, rank: 0 }), alone: true },
  bind("settings", ["v"], "change variables and the operator", { label: "variables", rank: 3 }),
  bind("leftover", ["l"], "a leftover restore database: another name, or drop it", {
    label: HINTS.leftover,
    rank: 0,
  }),
  bind("save", ["w"], "write what was found in this directory to restore-drill.yaml", {
    label: HINTS.save,
    rank: 2,
  }),
  bind("excuse", ["s"], "skip the selected optional step, with a reason", {
    label: HINTS.excuse,
    rank: 4,
  }),
  ...MOVING,
  ...ALWAYS,
];

const DRILL: readonly Binding[] = [
  bind("act", ["enter"], "do what the drill waits for: answer, decide, sign off", {
    label: HINTS.act,
    rank: 0,
  }),
  {
    ...bind("pause", ["p"], "pause before the next step, or go on", {
      label: HINTS.pause,
      rank: 3,
    }),
    alone: true,
  },
  bind("retry", ["r"], "run the step again", { label: HINTS.retry, rank: 4 }),
  bind(
    "excuse",
    ["s", "w"],
    "skip or leave an optional step, waive a required one, with a reason",
    {
      label: HINTS.excuse,
      rank: 4,
    },
  ),
  bind("values", ["v"], "values of the rows that differ, on both sides; shown, never kept", {
    label: HINTS.values,
    rank: 2,
  }),
  bind("log", ["l"], "the log of the app that runs in the background, and back to the step", {
    label: HINTS.log,
    rank: 2,
  }),
  bind("finding", ["i"], "record a finding", { label: "finding", rank: 5 }),
  bind("keep", ["d"], "keep the restore database (or another thing made) on purpose", {
    label: HINTS.keep,
    rank: 7,
  }),
  bind("stop", ["x"], "stop the running step; its outcome is then unknown", {
    label: HINTS.stop,
    rank: 5,
  }),
  bind("give-up", ["u"], "give up: end with the verdict failed"),
  bind("abort", ["a"], "abort the drill, with a reason", { label: HINTS.abort, rank: 6 }),
  ...MOVING,
  ...ALWAYS,
];

const RESULT: readonly Binding[] = [
  bind("log", ["l"], "the log of the app that ran in the background, and back"),
  bind("export", ["e"], "export the log entry", { label: "export", rank: 0 }),
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
  const control = /^ctrl\+(.)$/.exec(key)?.[1];
  return SHOWN[key] ?? (control === undefined ? key : `Ctrl+${control.toUpperCase()}`);
}

/** For dialogs; not bindings, because text goes in between. */
export const DIALOG_KEYS: readonly (readonly [string, string])[] = [
  ["Tab ↓", "next field or button"],
  ["Shift+Tab ↑", "field or button before"],
  ["← →", "move the text cursor, or choose"],
  ["Enter", "on a button: press it; in a text: next field or new line"],
  ["Ctrl+D", "done: press the main button"],
  ["Ctrl+U Ctrl+K Ctrl+W", "delete to the beginning, to the end, a word"],
  ["PgUp PgDn", "read a text that is longer than the dialog"],
  ["Esc", "close; what was typed is kept"],
];
