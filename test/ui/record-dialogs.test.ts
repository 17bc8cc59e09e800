import { expect, test } from "vitest";
import type { Checklist } from "../../source/checklist/types.ts";
import { signOffDialog } from "../../source/ui/dialog/record-dialogs.ts";
import type { World } from "../../source/ui/model/world.ts";
import { sceneNamed } from "./scenes.ts";

function initialOf(more: Partial<Checklist>) {
  const { launch } = sceneNamed("ended");
  const state = launch.engine.drill;
  if (state.drill === undefined) throw new Error("The scene has no drill.");
  const checklist = { ...state.drill.checklist, ...more };
  const world: World = {
    launch: launch.state(),
    drill: { ...state, drill: { ...state.drill, checklist } },
    now: 0,
    openedAt: 0,
    operatorDefault: "",
    output: () => ({ lines: [], total: 0 }),
    progress: () => undefined,
    expand: (text) => text,
  };
  const fields = signOffDialog(world, "Robin")?.fields ?? [];
  return Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));
}

test("the sign-off offers the kind and the relatives that the checklist names", () => {
  expect(initialOf({})).toMatchObject({ kind: "Backup/restore only", related: "" });
  expect(initialOf({ kind: "combined", related: ["secrets-rotation", "other"] })).toMatchObject({
    kind: "Backup/restore + secrets rotation (combined drill)",
    related: "secrets-rotation, other",
  });
});
