/** What each key means here and now: a new screen state, and effects for the outside. Pure. */
import { waitingFor } from "../../drill/next.ts";
import { stepRecord } from "../../drill/state.ts";
import { dialogSpec, draftName } from "../dialog/dialogs.ts";
import { openDialog } from "../dialog/form.ts";
import { leftoverOf } from "../dialog/plan-dialogs.ts";
import type { DialogKind } from "../dialog/spec.ts";
import { backgroundOf } from "../model/background-log.ts";
import { shownStep } from "../model/main-doc.ts";
import { rowsToRead } from "../model/row-values.ts";
import { findStep, planOf, screenOf } from "../model/world.ts";
import type { Context } from "./context.ts";
import type { Effect } from "./effects.ts";
import type { Intent } from "./keymap.ts";
import { nextHit, scrollBy, selectBy, selectEnd } from "./scrolling.ts";
import { follow, notify, scrollTo, toggleLog, type UiState } from "./ui-state.ts";

export interface Turn {
  readonly ui: UiState;
  readonly effects: readonly Effect[];
}

export function only(ui: UiState): Turn {
  return { ui, effects: [] };
}

export function open(context: Context, kind: DialogKind): Turn {
  const { ui, world } = context;
  const spec = dialogSpec(kind, world, ui.operator);
  if (spec === undefined) return only(ui);
  return only({ ...ui, dialog: openDialog(kind, spec, ui.drafts[draftName(kind)]) });
}

function say({ ui }: Context, text: string): Turn {
  return only(notify(ui, { text, tone: "warn" }));
}

const HANDLERS: Readonly<Record<Intent, (context: Context) => Turn>> = {
  act,
  begin,
  settings: (context) => open(context, { kind: "settings" }),
  leftover: (context) =>
    leftoverOf(context.world) === undefined
      ? say(context, "No restore database is in the way.")
      : open(context, { kind: "leftover" }),
  save: (context) =>
    planOf(context.world)?.found === undefined
      ? say(context, "This environment is configured already.")
      : { ui: context.ui, effects: [{ type: "save-found" }] },
  down: (context) => only(context.pane === "main" ? scrollBy(context, 1) : selectBy(context, 1)),
  up: (context) => only(context.pane === "main" ? scrollBy(context, -1) : selectBy(context, -1)),
  "page-down": (context) => only(scrollBy(context, page(context))),
  "page-up": (context) => only(scrollBy(context, -page(context))),
  top: (context) =>
    only(context.pane === "main" ? scrollTo(context.ui, 0) : selectEnd(context, "first")),
  bottom: (context) =>
    only(context.pane === "main" ? scrollTo(context.ui, undefined) : selectEnd(context, "last")),
  pane: (context) => only({ ...context.ui, pane: context.pane === "main" ? "list" : "main" }),
  follow: ({ ui }) => only(follow(ui)),
  search: ({ ui }) =>
    only({ ...ui, search: { query: ui.search?.query ?? "", draft: "", hits: 0 } }),
  "next-hit": (context) => only(nextHit(context, 1)),
  "previous-hit": (context) => only(nextHit(context, -1)),
  wrap: ({ ui }) => only({ ...ui, wrapOutput: !ui.wrapOutput }),
  retry,
  excuse,
  finding: (context) => {
    const step = shownStep(context.world, context.ui);
    return open(context, step === undefined ? { kind: "finding" } : { kind: "finding", step });
  },
  values,
  log: (context) =>
    backgroundOf(context.world.drill) === undefined
      ? say(context, "Nothing has been started in the background.")
      : only(toggleLog(context.ui)),
  keep: (context) => {
    const turn = open(context, { kind: "keep" });
    return turn.ui.dialog === undefined
      ? say(context, "Nothing is owed that could be kept.")
      : turn;
  },
  pause,
  stop: (context) => {
    const turn = open(context, { kind: "stop" });
    return turn.ui.dialog === undefined ? say(context, "No step is running.") : turn;
  },
  "give-up": (context) => ending(context, { kind: "give-up" }),
  abort: (context) => ending(context, { kind: "abort" }),
  export: (context) => open(context, { kind: "export" }),
  help: ({ ui }) => only({ ...ui, help: 0 }),
  leave,
  interrupt: leave,
};

export function perform(intent: Intent, context: Context): Turn {
  return HANDLERS[intent](context);
}

function page({ height }: Context): number {
  return Math.max(1, height - 1);
}

/** A drill that is not signed off is never left without a word. */
function leave(context: Context): Turn {
  if (screenOf(context.world) === "drill") return open(context, { kind: "leave" });
  return { ui: context.ui, effects: [{ type: "leave" }] };
}

function begin(context: Context): Turn {
  const { world, ui } = context;
  if (world.launch.status !== "planned") return only(ui);
  if (leftoverOf(world) !== undefined) return open(context, { kind: "leftover" });
  const [problem] = world.launch.problems;
  if (problem !== undefined) return say(context, `Not yet: ${problem.message}`);
  return { ui, effects: [{ type: "begin", operator: ui.operator, skips: ui.skips }] };
}

function act(context: Context): Turn {
  const { drill } = context.world;
  const waiting = drill === undefined ? undefined : waitingFor(drill);
  switch (waiting?.kind) {
    case "operator": {
      const { step, why } = waiting;
      return open(context, { kind: why === "confirm" ? "answer" : "failure", step });
    }
    case "cleanup-failed":
      return open(context, { kind: "cleanup", resource: waiting.resource });
    case "sign-off":
      return open(context, { kind: "sign-off" });
    default:
      return only(context.ui);
  }
}

function retry(context: Context): Turn {
  const { world, ui } = context;
  const step = shownStep(world, ui);
  if (step === undefined || world.drill === undefined) return only(ui);
  if (world.drill.phase !== "running")
    return say(context, "The drill is ending; no step runs again.");
  const { status } = stepRecord(world.drill, step).state;
  if (status === "running") return say(context, "This step is running.");
  if (status === "pending") return say(context, "This step has not run yet.");
  return open(context, { kind: "retry", step });
}

function excuse(context: Context): Turn {
  const { world, ui } = context;
  const step = shownStep(world, ui);
  if (step === undefined) return say(context, "Select a step first, with the arrows.");
  if (world.drill === undefined) {
    return findStep(world, step)?.step.optional === true
      ? open(context, { kind: "plan-skip", step })
      : say(context, "This step is required; during the drill it can be waived with a reason.");
  }
  const { status } = stepRecord(world.drill, step).state;
  if (status === "running") return say(context, "This step is running.");
  if (status === "passed" || status === "skipped")
    return say(context, `This step is ${status} already.`);
  return open(context, { kind: "excuse", step });
}

function values(context: Context): Turn {
  const { world, ui } = context;
  const step = shownStep(world, ui);
  const found = step === undefined ? undefined : rowsToRead(world.drill, step);
  if (found === undefined) return say(context, "Only a failed proof has rows to show.");
  if (found.request.rows.length === 0) {
    return say(context, "No row that differs is known by its key, so none can be shown.");
  }
  return { ui, effects: [{ type: "row-values", ...found }] };
}

function pause({ world, ui }: Context): Turn {
  if (world.drill?.phase !== "running") return only(ui);
  const request = { type: world.drill.paused ? "continue" : "pause" } as const;
  return { ui, effects: [{ type: "dispatch", request }] };
}

function ending(context: Context, kind: { kind: "abort" } | { kind: "give-up" }): Turn {
  return context.world.drill?.phase === "running"
    ? open(context, kind)
    : say(context, "The drill is ending already.");
}
