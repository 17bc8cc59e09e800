/**
 * Fills the generated parts of checklists/README.md from the definition the loader uses, the
 * actions and what environments offer. Run as a script after changing one; a test fails when the
 * file is out of date.
 */
import { readFile, writeFile } from "node:fs/promises";
import { CAPABILITIES, OFFERED_SECRETS, OFFERED_VARIABLES } from "../checklist/offered.ts";
import type { ActionCatalogue } from "../checklist/types.ts";
import { checklistSchema, type JsonSchema } from "./schema.ts";

/** Shapes in the order a reader meets them, with the words that lead to them. */
const SHAPES: readonly (readonly [id: string, heading: string])[] = [
  ["checklist", "The checklist"],
  ["variable", "A variable, under `variables: { NAME: ... }`"],
  ["section", "A section"],
  ["item", "An item"],
  ["step", "A step"],
  ["condition", "`when`"],
  ["retry", "`retry`"],
  ["expectation", "`expect`"],
  ["text-expectation", "`stdout` and `stderr` under `expect`"],
  ["readiness", "`ready`"],
  ["question", "A question, under `ask`"],
];

/** The text with everything between its `generated` markers made anew. */
export function renderDocs(readme: string, catalogue: ActionCatalogue): string {
  const parts: Readonly<Record<string, string>> = {
    keys: keys(checklistSchema(catalogue)),
    actions: actionParts(catalogue),
    variables: table(["Variable", "What it holds"], rows(OFFERED_VARIABLES)),
    secrets: table(["Secret", "What it holds"], rows(OFFERED_SECRETS)),
    capabilities: table(["Name", "What the environment offers"], rows(CAPABILITIES)),
  };
  return Object.entries(parts).reduce(
    (text, [name, part]) => replacePart(text, name, part),
    readme,
  );
}

/** Throws when the markers are missing: the README is ours, so that is a bug. */
function replacePart(readme: string, name: string, part: string): string {
  const [opening, closing] = [`<!-- generated: ${name} -->`, `<!-- end of generated: ${name} -->`];
  const start = readme.indexOf(opening);
  const end = readme.indexOf(closing);
  if (start < 0 || end < start) throw new Error(`checklists/README.md lacks ${opening}`);
  return `${readme.slice(0, start + opening.length)}\n\n${part}\n\n${readme.slice(end)}`;
}

function keys(schema: JsonSchema): string {
  const shapes = SHAPES.map(([id, heading]) => {
    const shape = schema.$defs?.[id];
    if (shape === undefined) throw new Error(`the schema defines no ${id}`);
    const about = shape.description ?? "";
    return `### ${heading}\n\n${about}\n\n${keyTable(shape)}`;
  });
  return shapes.join("\n\n");
}

function keyTable(shape: JsonSchema): string {
  const needed = new Set(shape.required);
  const lines = Object.entries(shape.properties ?? {}).map(([key, value]) => {
    const property = typeof value === "object" ? value : {};
    const name = needed.has(key) ? `\`${key}\` (needed)` : `\`${key}\``;
    return [name, key === "uses" ? "text" : kindOf(property), property.description ?? ""];
  });
  return table(["Key", "Kind", "Meaning"], lines);
}

const DURATION = "seconds or a duration";

function kindOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return referred(schema.$ref);
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.anyOf !== undefined) {
    const kinds = schema.anyOf.map(kindOf);
    return kinds.includes("a number") ? DURATION : [...new Set(kinds)].join(", or ");
  }
  if (schema.type === "array") return `list of: ${itemKind(schema.items)}`;
  if (schema.type === "object") return mappingKind(schema);
  const words: Record<string, string> = {
    boolean: "true or false",
    integer: "a whole number",
    number: "a number",
    string: schema.format === "regex" ? "a regular expression" : "text",
  };
  return (typeof schema.type === "string" ? words[schema.type] : undefined) ?? "anything";
}

function itemKind(items: JsonSchema["items"]): string {
  return typeof items === "object" && !Array.isArray(items) ? kindOf(items) : "anything";
}

function mappingKind(schema: JsonSchema): string {
  const values = schema.additionalProperties;
  return typeof values === "object" ? `mapping of names to: ${kindOf(values)}` : "a mapping";
}

function referred(ref: string): string {
  const id = ref.split("/").at(-1) ?? "";
  if (id.startsWith("__schema")) return "anything";
  return `${/^[aeiou]/.test(id) ? "an" : "a"} ${id.replaceAll("-", " ")}`;
}

function actionParts(catalogue: ActionCatalogue): string {
  const names = Object.keys(catalogue).toSorted();
  return names.map((name) => actionPart(name, catalogue[name])).join("\n\n");
}

function actionPart(name: string, action: ActionCatalogue[string] | undefined): string {
  if (action === undefined) return "";
  const inputs = Object.entries(action.inputs).map(([key, { about, required }]) => [
    required ? `\`${key}\` (needed)` : `\`${key}\``,
    about,
  ]);
  const parts = [
    `### \`${name}\``,
    action.about,
    ...(inputs.length > 0 ? [table(["Input", "Meaning"], inputs)] : ["It takes no inputs."]),
    ...(Object.keys(action.outputs).length > 0
      ? [table(["Gives", "What it holds"], rows(action.outputs))]
      : []),
  ];
  return parts.join("\n\n");
}

function rows(meanings: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(meanings).map(([name, about]) => [`\`${name}\``, about]);
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}

if (import.meta.main) {
  const { actionCatalogue } = await import("../actions/registry.ts");
  const file = new URL("../../checklists/README.md", import.meta.url);
  await writeFile(file, renderDocs(await readFile(file, "utf8"), actionCatalogue()));
}
