import { randomBytes, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { display } from "../../postgres/display.ts";
import { createRoleStatement } from "../../postgres/drill-role.ts";
import { quoteIdent, showName, validateName } from "../../postgres/identifiers.ts";
import { restoreNameProblem, withMaintenance } from "../../postgres/maintenance.ts";
import { mayMakeRole } from "../../postgres/may-make-roles.ts";
import { comparePrivileges, grantAsOwn } from "../../postgres/role-grants.ts";
import { scramVerifier } from "../../postgres/scram.ts";
import { withSession } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped, warning } from "../outcome.ts";
import { secretFile, writeSecret } from "../secrets/secret-file.ts";
import { roleUndoer } from "../undo-role.ts";
import {
  asksForPassword,
  owedRole,
  roleLabel,
  tryLogin,
  withLeft,
  withoutOtherLogins,
} from "./login.ts";

const inputs = z.strictObject({
  database: z.string().describe("The restore database."),
  role: z.string().describe("Name of the login role to make; must not exist."),
  file: z.string().min(1).describe("File for its password; must not exist. Removed with the role."),
});

type Input = z.output<typeof inputs>;
type Owed = Parameters<ActionContext["register"]>[0];

export const createLoginAction = defineAction({
  name: "postgres/create-login",
  about:
    "Makes a login role with a random password, gives it the rights in the restore database that the app's role has there, and logs in with it.",
  besidePrimary: true,
  inputs,
  outputs: {},
  notApplicable: (_input, { target }) => withoutOtherLogins(target),
  plan: ({ role, file }) => [
    `write a random password to ${display(file)} (mode 0600)`,
    `CREATE ROLE ${quoteIdent(role)} LOGIN PASSWORD 'SCRAM-SHA-256$...'`,
  ],
  async preflight({ role }, { target }) {
    const may = await mayMakeRole(target, role);
    if (!may.ok) return [may.problem];
    return may.value === "taken" ? [taken(role)] : [];
  },
  run: create,
});

async function create(input: Input, context: ActionContext): Promise<ActionResult> {
  const { target, drill, signal } = context;
  const { role, database } = input;
  const allowed = await mayCreate(input, context);
  if (!allowed.ok) return stopped(allowed.problem);
  const password = randomBytes(32).toString("hex");
  context.secret(password);
  const made = { role, database, drill: drill.id };
  const secret = secretFile(resolve(target.project, input.file), password, randomUUID());
  const owed: Owed = {
    id: `role ${role} (${secret.digest.slice(0, 12)})`,
    kind: "role",
    label: roleLabel(role, "being made"),
    undo: { ...made, ...secret },
  };
  await context.register(owed);
  const written = await writeSecret(secret, password);
  if (!written.ok) {
    await context.release(owed.id, "it was never made");
    return stopped(written.problem);
  }
  await context.command(createRoleStatement(made, "SCRAM-SHA-256$..."));
  const created = await withMaintenance(target, { purpose: "making a role", signal }, (session) =>
    session.query(createRoleStatement(made, scramVerifier(password))),
  );
  if (!created.ok) return stopped(withLeft(created.problem, context));
  const granted = await grant(input, context);
  if (!granted.ok) return stopped(withLeft(granted.problem, context));
  await context.register({ ...owed, label: roleLabel(role, "made, its login not tried yet") });
  const checks = await proveLogin({ role, database, password }, context);
  if (!checks.ok) return stopped(withLeft(checks.problem, context));
  await context.register({ ...owed, label: roleLabel(role, "made, its login works") });
  return {
    ok: true,
    checks: [
      passed("Privileges", `as the app's role has (tables: ${granted.value})`),
      ...checks.value,
    ],
  };
}

/** Before anything is owed: somebody else's role must never be on the list of what to undo. */
async function mayCreate(input: Input, context: ActionContext): Promise<Result<void>> {
  const { role, database } = input;
  const valid = validateName(role, "role name");
  if (!valid.ok) return valid;
  const place = restoreNameProblem(context.target, database);
  if (!place.ok) return place;
  const earlier = owedRole(context, role);
  if (earlier !== undefined) {
    context.line("note", `Removing ${earlier.label}, which this drill made before.`);
    const gone = await roleUndoer.undo(earlier, context);
    if (!gone.ok) return gone;
    await context.release(earlier.id, gone.how);
  }
  const may = await mayMakeRole(context.target, role, context.signal);
  if (!may.ok) return may;
  return may.value === "taken" ? fail(taken(role)) : ok(undefined);
}

function taken(role: string): Problem {
  return {
    code: "refused",
    message: `Role ${showName(role)} exists already, so nothing was made.`,
    hint: "Choose another name for the role.",
  };
}

function grant(input: Input, { target, signal }: ActionContext): Promise<Result<number>> {
  const { database, role } = input;
  const options = { database, role: "restore", purpose: "granting", signal } as const;
  return withSession(target, options, async (session) => {
    const granted = await grantAsOwn(session, input);
    return granted.ok ? comparePrivileges(session, role) : granted;
  });
}

/** Only where a wrong password is refused does a login prove the right one. */
async function proveLogin(
  login: { readonly role: string; readonly database: string; readonly password: string },
  { target }: ActionContext,
): Promise<Result<readonly Check[]>> {
  const right = await tryLogin(target, login);
  if (!right.ok) return right;
  if (right.value === "refused") {
    return fail({
      code: "failed",
      message: `The server refuses the login of role ${showName(login.role)} with its new password.`,
      hint: "See which method pg_hba.conf names for it: it must be scram-sha-256.",
    });
  }
  const asks = await asksForPassword(target, login);
  if (!asks.ok) return asks;
  return ok([
    asks.value
      ? passed("Login", "works with its password, and is refused with a wrong one")
      : warning(
          "Login",
          "not provable here: the server lets it in with a wrong password, too (trust, peer or the like in pg_hba.conf)",
          "a wrong password is refused",
        ),
  ]);
}
