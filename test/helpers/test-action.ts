/** An action for tests, under the name `test/action`. */
import { z } from "zod";
import type { Action, ActionContext, ActionResult } from "../../source/actions/action.ts";
import { defineAction } from "../../source/actions/define-action.ts";

const inputs = z.strictObject({
  name: z.string().min(1).describe("A name."),
  port: z.coerce.number().int().default(4000).describe("A port."),
  nested: z.json().optional().describe("Anything."),
});

export type Run = (input: z.output<typeof inputs>, context: ActionContext) => Promise<ActionResult>;

export function testAction(run: Run, given: Partial<Action<z.output<typeof inputs>>> = {}) {
  const action = defineAction({
    name: "test/action",
    about: "Tests.",
    inputs,
    outputs: { OUT: "What comes out" },
    plan: ({ name, port }) => [`do ${name} on ${port}`],
    run,
    ...given,
  });
  return new Map<string, Action>([[action.name, action]]);
}

export const fine: Run = async () => ({ ok: true, checks: [] });
