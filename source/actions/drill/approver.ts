import { z } from "zod";
import { isName, sameName } from "../../drill/people.ts";
import type { Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, judged } from "../outcome.ts";

const inputs = z.strictObject({
  name: z.string().min(1).describe("Who is to approve the drill's record."),
});

export const drillApproverAction = defineAction({
  name: "drill/approver",
  about:
    "Sees that the approver who was named is not the operator; case, accents, spaces and punctuation make nobody another person.",
  inputs,
  outputs: {},
  plan: ({ name }) => [`compare ${name} with the operator's name`],
  run: async ({ name }, context) => compare(name, context),
});

function compare(name: string, { variables }: ActionContext): ActionResult {
  const operator = variables.OPERATOR ?? "";
  const differs = isName(name) && !sameName(name, operator);
  const checks = [
    judged("Approver", differs, { expected: `not ${operator}, the operator`, observed: name }),
  ];
  return concluded({ checks }, () => problemOf(name, operator));
}

function problemOf(name: string, operator: string): Problem {
  return {
    code: "failed",
    message: isName(name)
      ? `The approver must not be the operator, ${operator}.`
      : "The approver has no name that tells them from others.",
    hint: "Start the drill again and name somebody else.",
  };
}
