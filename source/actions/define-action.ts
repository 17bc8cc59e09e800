import type { z } from "zod";
import type { Action } from "./action.ts";

/** Ties an action's code to the type its own input schema yields. */
export function defineAction<Schema extends z.ZodType>(
  action: Action<z.output<Schema>> & { readonly inputs: Schema },
): Action<z.output<Schema>> & { readonly inputs: Schema } {
  return action;
}
