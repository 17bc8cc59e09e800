/** What the checklist loader must know of the actions, read off their input schemas. */
import { z } from "zod";
import type { ActionCatalogue } from "../checklist/types.ts";
import type { Action } from "./action.ts";

type Inputs = ActionCatalogue[string]["inputs"];

const OBJECT_SCHEMA = z.object({
  properties: z
    .record(z.string(), z.union([z.object({ description: z.string().optional() }), z.boolean()]))
    .default({}),
  required: z.array(z.string()).default([]),
});

/** Throws when an action's inputs are no object, which is a bug in that action. */
export function catalogueOf(actions: Iterable<Action>): ActionCatalogue {
  return Object.fromEntries(
    [...actions].map((action) => [
      action.name,
      {
        about: action.about,
        inputs: inputsOf(action),
        outputs: action.outputs,
        besidePrimary: action.besidePrimary ?? false,
      },
    ]),
  );
}

function inputsOf(action: Action): Inputs {
  const schema = z.toJSONSchema(action.inputs, { io: "input", unrepresentable: "any" });
  const { properties, required } = OBJECT_SCHEMA.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      {
        about: typeof property === "boolean" ? "" : (property.description ?? ""),
        required: required.includes(name),
      },
    ]),
  );
}
