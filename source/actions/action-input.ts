/** The input of a `uses` step: expanded, then judged by the action's own schema. */
import type { z } from "zod";
import { expandInputs, type Values } from "../checklist/expand.ts";
import type { UsesStep } from "../checklist/types.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { Action } from "./action.ts";

export function actionInput(action: Action, step: UsesStep, values: Values): Result<unknown> {
  const { text: expanded, missing = [] } = expandInputs(step.with, values);
  if (expanded === undefined) {
    return fail({
      code: "failed",
      message: `${action.name} cannot run: no value for ${missing.join(", ")}.`,
      hint: "Run the step that gives it, or set it with --set.",
      where: step.id,
    });
  }
  const parsed = action.inputs.safeParse(expanded);
  if (parsed.success) return ok(parsed.data);
  return fail({
    code: "failed",
    message: `${action.name} was given input it cannot take: ${complaints(parsed.error)}.`,
    hint: "Correct `with:` of this step in the checklist, or the variables it uses.",
    where: step.id,
  });
}

function complaints(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}
