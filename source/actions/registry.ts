/** Everything `uses:` can name, and everything that undoes what an action made. */
import type { ActionCatalogue } from "../checklist/types.ts";
import type { Resource } from "../drill/types.ts";
import type { Action, Undoer } from "./action.ts";
import { appStartAction } from "./app/start.ts";
import { appStopAction } from "./app/stop.ts";
import { catalogueOf } from "./catalogue.ts";
import { freeSpaceAction } from "./environment/free-space.ts";
import { knownCommitAction } from "./environment/known-commit.ts";
import { httpCheckAction } from "./http/check.ts";
import { migrationsCurrentAction } from "./migrations/current.ts";
import { monitoringHealthyAction } from "./monitoring/healthy.ts";
import { processUndoer } from "./undo-process.ts";

const ALL: readonly Action[] = [
  freeSpaceAction,
  knownCommitAction,
  migrationsCurrentAction,
  appStartAction,
  appStopAction,
  httpCheckAction,
  monitoringHealthyAction,
];

export const actions: ReadonlyMap<string, Action> = new Map(
  ALL.map((action) => [action.name, action]),
);

export function actionCatalogue(): ActionCatalogue {
  return catalogueOf(actions.values());
}

export const undoers: ReadonlyMap<Resource["kind"], Undoer> = new Map(
  [processUndoer].map((undoer) => [undoer.kind, undoer]),
);
