/** The dialog of each kind, made from the world as it is now; undefined once it has no object. */
import type { World } from "../model/world.ts";
import { answerDialog } from "./answer-dialog.ts";
import { cleanupDialog, endDialog, keepDialog, leaveDialog } from "./drill-dialogs.ts";
import { leftoverDialog, planSkipDialog, settingsDialog } from "./plan-dialogs.ts";
import { exportDialog, signOffDialog } from "./record-dialogs.ts";
import type { DialogKind, DialogSpec } from "./spec.ts";
import {
  excuseDialog,
  failureDialog,
  findingDialog,
  retryDialog,
  stopDialog,
} from "./step-dialogs.ts";

export function dialogSpec(
  kind: DialogKind,
  world: World,
  operator: string,
): DialogSpec | undefined {
  switch (kind.kind) {
    case "answer":
      return answerDialog(world, kind.step);
    case "failure":
      return failureDialog(world, kind.step);
    case "excuse":
      return excuseDialog(world, kind.step);
    case "retry":
      return retryDialog(world, kind.step);
    case "finding":
      return findingDialog(world, kind.step);
    case "leave":
      return leaveDialog(world);
    case "sign-off":
      return signOffDialog(world, operator);
    case "settings":
      return settingsDialog(world, operator);
    case "leftover":
      return leftoverDialog(world);
    case "plan-skip":
      return planSkipDialog(world, kind.step);
    default:
      return world.drill === undefined ? undefined : ofDrill(kind, world.drill);
  }
}

type OfDrill = Extract<
  DialogKind,
  { kind: "stop" | "abort" | "give-up" | "keep" | "cleanup" | "export" }
>;

function ofDrill(kind: OfDrill, drill: NonNullable<World["drill"]>): DialogSpec | undefined {
  switch (kind.kind) {
    case "stop":
      return stopDialog(drill);
    case "abort":
    case "give-up":
      return endDialog(drill, kind.kind);
    case "keep":
      return keepDialog(drill);
    case "cleanup":
      return cleanupDialog(drill, kind.resource);
    case "export":
      return exportDialog(drill);
  }
}

/** Under which name half-typed text is kept when a dialog is closed. */
export function draftName(kind: DialogKind): string {
  const about = "step" in kind ? kind.step : "resource" in kind ? kind.resource : "";
  return `${kind.kind} ${about ?? ""}`;
}
