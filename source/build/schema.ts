/**
 * Writes checklists/checklist.schema.json, for editors, from the definition the loader uses and
 * from the actions. Run as a script after changing either; a test fails when it is out of date.
 */
import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { KEYS_OF_KINDS, STEP_KINDS } from "../checklist/meaning-step.ts";
import { checklistShape } from "../checklist/shape.ts";
import type { ActionCatalogue } from "../checklist/types.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Mappings that say nothing when they are empty. */
const NEVER_EMPTY: ReadonlySet<string> = new Set(["text-expectation", "expectation", "condition"]);

export function checklistSchema(catalogue: ActionCatalogue): JsonSchema {
  const { "~standard": _, ...schema } = z.toJSONSchema(checklistShape, {
    target: "draft-2020-12",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const id = z.globalRegistry.get(zodSchema)?.id;
      if (id === "step") Object.assign(jsonSchema, stepRules(jsonSchema, catalogue));
      if (id === "readiness") jsonSchema.anyOf = [required(["http"]), required(["output"])];
      if (id !== undefined && NEVER_EMPTY.has(id)) jsonSchema.minProperties = 1;
    },
  });
  return schema;
}

export function renderSchema(catalogue: ActionCatalogue): string {
  return `${JSON.stringify(checklistSchema(catalogue), null, 2)}\n`;
}

/** What the definition of a step cannot say by itself. */
function stepRules(step: JsonSchema, catalogue: ActionCatalogue): JsonSchema {
  const uses = step.properties?.uses;
  const described = typeof uses === "object" ? uses : {};
  const fitting = Object.entries(KEYS_OF_KINDS).map(([key, kinds]) => ({
    if: required([key]),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { anyOf: kinds.map((kind) => required([kind])) },
  }));
  return {
    properties: { ...step.properties, uses: { ...described, enum: Object.keys(catalogue) } },
    oneOf: STEP_KINDS.map((kind) => required([kind])),
    allOf: [...fitting, ...Object.entries(catalogue).map(([name, action]) => rule(name, action))],
  };
}

function rule(name: string, { inputs }: ActionCatalogue[string]): JsonSchema {
  const needed = Object.keys(inputs).filter((key) => inputs[key]?.required);
  const properties = Object.fromEntries(
    Object.entries(inputs).map(([key, { about }]) => [key, { description: about }]),
  );
  const given: JsonSchema = {
    type: "object",
    properties,
    required: needed,
    additionalProperties: false,
  };
  return {
    if: { properties: { uses: { const: name } }, required: ["uses"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { with: given }, ...(needed.length > 0 ? required(["with"]) : {}) },
  };
}

function required(keys: string[]): JsonSchema {
  return { required: keys };
}

if (import.meta.main) {
  const { actionCatalogue } = await import("../actions/registry.ts");
  const file = new URL("../../checklists/checklist.schema.json", import.meta.url);
  await writeFile(file, renderSchema(actionCatalogue()));
}
