import { readFile } from "node:fs/promises";
import { z } from "zod";
import { openSession } from "../../postgres/connect.ts";
import { dropRole } from "../../postgres/drill-role.ts";
import { quoteIdent, showName } from "../../postgres/identifiers.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { roleUndoer } from "../undo-role.ts";

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
  notApplicable: (_input, { target }) =>
    target.summary.target === "direct" ? undefined : "only a direct server is logged in to anew",
  plan: ({ role }) => [`DROP OWNED BY ${quoteIdent(role)}`, `DROP ROLE ${quoteIdent(role)}`],
  run: ({ role }, context) => retire(role, context),
});

async function retire(role: string, context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  const owed = context.resources.find(
    ({ kind, undo, status }) => kind === "role" && undo.role === role && status !== "released",
  );
  if (owed === undefined) {
    return stopped({
      code: "refused",
      message: `Role ${showName(role)} is not one that this drill made and still owes, so it is not touched.`,
    });
  }
  const { database = "", drill = "", file = "" } = owed.undo;
  const password = await readFile(file, "utf8").catch(() => "");
  await context.command(`DROP OWNED BY ${quoteIdent(role)}; DROP ROLE ${quoteIdent(role)}`);
  const dropped = await dropRole(target, { role, database, drill }, signal);
  if (!dropped.ok) return stopped(dropped.problem);
  const { PRIMARY_HOST: host = "", PRIMARY_PORT: port = "" } = target.variables;
  const again = await openSession(
    { host, port: Number(port), user: role, password },
    { database, role: "restore", purpose: "trying a login" },
    signal,
  );
  if (again.ok) {
    await again.value.close();
    return stopped({
      code: "failed",
      message: `Role ${showName(role)} can still log in after it was dropped.`,
    });
  }
  if (again.problem.details?.sqlstate?.startsWith("28") !== true) return stopped(again.problem);
  const undone = await roleUndoer.undo(owed, context);
  if (!undone.ok) return stopped(undone.problem);
  await context.release(owed.id, "dropped");
  return { ok: true, checks: [passed(`Role ${showName(role)}`, "dropped; its login is refused")] };
}
