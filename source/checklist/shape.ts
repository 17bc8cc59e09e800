/**
 * The one definition of a checklist document: what the loader accepts, what the JSON Schema says
 * to editors and what checklists/README.md lists. What no shape can express (references, unique
 * ids, actions and their inputs) is checked in `meaning.ts`.
 */
import { z } from "zod";
import { stepShape } from "./step-shape.ts";
import { idText, lineText, namedText, pattern, proseText, quoted } from "./text-shape.ts";
import { CHECKLIST_KINDS, PLACES } from "./types.ts";

const variableShape = z
  .strictObject({
    default: quoted
      .exactOptional()
      .describe(
        "Value unless the operator sets another. May refer to what the environment offers and to variables above. Without one, the operator must give a value.",
      ),
    choices: z.array(quoted).min(1).exactOptional().describe("The only values it may have."),
    matches: pattern
      .exactOptional()
      .describe("A regular expression that the whole value must match."),
    description: lineText.exactOptional().describe("What it is for, shown with the plan."),
    secret: z
      .boolean()
      .exactOptional()
      .describe(
        "Never printed and never saved; only `run` and `start` bodies can read it, from their environment. Its value comes from the process environment.",
      ),
  })
  .meta({ id: "variable", description: "A variable, in full." });

const itemShape = z
  .strictObject({
    id: idText.describe("Name of the item, unique among the items."),
    title: lineText.describe("The line of the validation checklist."),
    about: proseText.exactOptional().describe("Why it matters, for a nervous operator."),
    optional: z
      .boolean()
      .exactOptional()
      .describe("True makes all its steps optional. Default false."),
    steps: z.array(stepShape).min(1).describe("What runs or is confirmed, in order."),
  })
  .meta({ id: "item", description: "One line of the validation checklist, one panel." });

const sectionShape = z
  .strictObject({
    title: lineText.describe("Heading over its items."),
    about: proseText.exactOptional().describe("What this part of the drill is for."),
    items: z.array(itemShape).min(1).describe("Its items, in order."),
  })
  .meta({ id: "section", description: "A group of items." });

export const checklistShape = z
  .strictObject({
    id: idText.describe("Name of the checklist; the file is called `ID.yaml`."),
    title: lineText.describe("Title on the screen and in the log."),
    about: proseText.exactOptional().describe("What the drill proves."),
    runbook: lineText.exactOptional().describe("Path or URL of the runbook it implements."),
    kind: z
      .enum(CHECKLIST_KINDS)
      .exactOptional()
      .describe(
        "What the log calls a drill of it: `backup-restore` (Backup/restore only), the default, or `combined` (Backup/restore + secrets rotation).",
      ),
    related: z
      .array(lineText)
      .min(1)
      .exactOptional()
      .describe(
        "Checklists, runbooks and records that belong with it; the log entry names them under `related`.",
      ),
    fit: z
      .array(z.enum(PLACES))
      .min(1)
      .exactOptional()
      .describe(
        "Where it may run: `staging` (whatever is not production), `production` (environments that are marked `production: true`), or both. Default `[staging]`.",
      ),
    approval: z
      .literal("required")
      .exactOptional()
      .describe(
        "`required`: the log entry is complete only once an approver, who is not the operator, has signed it with a key of their own (`restore-drill log approve`).",
      ),
    variables: z
      .record(
        namedText,
        z
          .union([quoted, variableShape])
          .meta({ description: "A default value, or a mapping that says more." }),
      )
      .exactOptional()
      .describe("Variables the steps use, by name."),
    sections: z.array(sectionShape).min(1).describe("The sections, in order."),
  })
  .meta({ id: "checklist", description: "A checklist of Restore Drill." });

export type ChecklistDocument = z.output<typeof checklistShape>;
export type ItemDocument = z.output<typeof itemShape>;
export type VariableDocument = z.output<typeof variableShape>;
