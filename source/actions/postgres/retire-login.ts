import { z } from "zod";
import { dropRole } from "../../postgres/drill-role.ts";
import { quoteIdent, showName } from "../../postgres/identifiers.ts";
import { mayMakeRole } from "../../postgres/may-make-roles.ts";
import type { Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { readSecret } from "../secrets/secret-file.ts";
import { roleUndoer } from "../undo-role.ts";
import { owedRole, roleLabel, tryLogin, withLeft, withoutOtherLogins } from "./login.ts";

const inputs = z.strictObject({
  role: z.string().describe("Name of a login role that this drill made."),
});

export const retireLoginAction = defineAction({
  name: "postgres/retire-login",
  about:
    "Ends the sessions of a login role this drill made, drops it with its password file, and sees that its login is refused.",
  besidePrimary: true,
  inputs,
  outputs: {},
  notApplicable: (_input, { target }) => withoutOtherLogins(target),
  plan: ({ role }) => [`DROP OWNED BY ${quoteIdent(role)}`, `DROP ROLE ${quoteIdent(role)}`],
  run: ({ role }, context) => retire(role, context),
});

async function retire(role: string, context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  const owed = owedRole(context, role);
  if (owed === undefined) return notOurs(role, context);
  const { database = "", drill = "", file = "" } = owed.undo;
  const stop = (problem: Problem) => stopped(withLeft(problem, context));
  const secret = await readSecret(file);
  const password = secret.ok ? secret.value : "";
  if (secret.ok) context.secret(password);
  const { status: _, reason: __, problem: ___, ...facts } = owed;
  await context.register({ ...facts, label: roleLabel(role, "being retired") });
  await context.command(`DROP OWNED BY ${quoteIdent(role)}; DROP ROLE ${quoteIdent(role)}`);
  const dropped = await dropRole(target, { role, database, drill }, signal);
  if (!dropped.ok) return stop(dropped.problem);
  const again = await tryLogin(target, { role, database, password });
  if (!again.ok) return stop(again.problem);
  if (again.value === "let in") {
    return stop({
      code: "failed",
      message: `Role ${showName(role)} can still log in after it was dropped.`,
    });
  }
  const undone = await roleUndoer.undo(owed, context);
  if (!undone.ok) return stop(undone.problem);
  await context.release(owed.id, "dropped");
  return { ok: true, checks: [passed(`Role ${showName(role)}`, "dropped; its login is refused")] };
}

/** One that never came to be, or went before a crash, needs no retiring. */
async function notOurs(role: string, { target, signal }: ActionContext): Promise<ActionResult> {
  const there = await mayMakeRole(target, role, signal);
  if (!there.ok) return stopped(there.problem);
  if (there.value === "free") {
    return { ok: true, checks: [passed(`Role ${showName(role)}`, "is not there")] };
  }
  return stopped({
    code: "refused",
    message: `Role ${showName(role)} is not one that this drill made and still owes, so it is not touched.`,
    hint: "Look at who made it; nothing of this drill is left of that name.",
  });
}
