import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Check, Resource } from "../../drill/types.ts";
import { showName } from "../../postgres/identifiers.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, stopped, warning } from "../outcome.ts";
import { readSecret } from "../secrets/secret-file.ts";
import {
  asksForPassword,
  owedRole,
  owedRoles,
  tryLogin,
  whatIsLeft,
  withoutOtherLogins,
} from "./login.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database."),
  works: z.array(z.string()).default([]).describe("Roles of this drill whose login must work."),
  refused: z.string().default("").describe("Role whose login must be refused."),
});

type Input = z.output<typeof inputs>;

export const checkLoginsAction = defineAction({
  name: "postgres/check-logins",
  about:
    "Says which credentials that this drill made exist and work now; fails when one that must work does not, or the other way round.",
  inputs,
  outputs: {},
  notApplicable: (_input, { target }) => withoutOtherLogins(target),
  plan: ({ database }) => [`log in to database ${showName(database)} with each role of this drill`],
  run: check,
});

async function check(input: Input, context: ActionContext): Promise<ActionResult> {
  const checks: Check[] = [];
  for (const role of owedRoles(context)) {
    const told = await tell(role, input, context);
    if (!told.ok) return stopped(told.problem, checks);
    checks.push(...told.value);
  }
  const { works, refused } = input;
  for (const role of works.filter((one) => owedRole(context, one) === undefined)) {
    const words = { expected: "works", observed: "is not there" };
    checks.push(judged(`Role ${showName(role)}`, false, words));
  }
  if (refused !== "" && owedRole(context, refused) === undefined) {
    const tried = await gone(refused, input, context);
    if (!tried.ok) return stopped(tried.problem, checks);
    checks.push(tried.value);
  }
  if (checks.length === 0) checks.push(info("Credentials", "none that this drill made is left"));
  return concluded({ checks }, () => ({
    code: "failed",
    message: "A credential is not in the state that the rotation needs.",
    hint: whatIsLeft(context),
  }));
}

async function tell(
  { undo }: Resource,
  input: Input,
  context: ActionContext,
): Promise<Result<readonly Check[]>> {
  const { role = "", database = "", file = "" } = undo;
  const title = `Role ${showName(role)}`;
  const secret = await readSecret(file);
  if (secret.ok) context.secret(secret.value);
  const tried = secret.ok
    ? await tryLogin(context.target, { role, database, password: secret.value })
    : ok("refused" as const);
  if (!tried.ok) return tried;
  const letIn = tried.value === "let in";
  const observed = letIn
    ? "its login works"
    : secret.ok
      ? "its login is refused"
      : secret.problem.message;
  const asks = letIn ? await asksForPassword(context.target, { role, database }) : ok(true);
  if (!asks.ok) return asks;
  const doubt = asks.value
    ? []
    : [
        warning(
          title,
          "not provable here: a wrong password is let in, too",
          "a wrong password is refused",
        ),
      ];
  if (input.works.includes(role))
    return ok([judged(title, letIn, { expected: "works", observed }), ...doubt]);
  if (role === input.refused) return ok([judged(title, !letIn, { expected: "refused", observed })]);
  return ok([info(title, observed), ...doubt]);
}

/** Its password went with it; where the role is gone any password tells. */
async function gone(
  role: string,
  { database }: Input,
  { target }: ActionContext,
): Promise<Result<Check>> {
  const tried = await tryLogin(target, {
    role,
    database,
    password: randomBytes(16).toString("hex"),
  });
  if (!tried.ok) return tried;
  const observed = tried.value === "refused" ? "its login is refused" : "is let in";
  return ok(
    judged(`Role ${showName(role)}`, tried.value === "refused", { expected: "refused", observed }),
  );
}
