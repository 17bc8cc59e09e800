/** Which variables steps give to later ones. */
import type { ActionCatalogue, Step } from "./types.ts";

/** Names a step sets when it passes. */
export function variablesSetBy(step: Step, catalogue: ActionCatalogue): readonly string[] {
  switch (step.kind) {
    case "run":
      return step.capture === undefined ? [] : [step.capture];
    case "uses":
      return Object.hasOwn(catalogue, step.uses)
        ? Object.keys(catalogue[step.uses]?.outputs ?? {})
        : [];
    case "confirm":
      return step.ask.map(({ name }) => name);
    case "start":
      return [];
  }
}

/** Names that any of the steps may still set: what `Facts.pending` wants when planning. */
export function pendingVariables(
  steps: Iterable<Step>,
  catalogue: ActionCatalogue,
): ReadonlySet<string> {
  return new Set([...steps].flatMap((step) => variablesSetBy(step, catalogue)));
}
