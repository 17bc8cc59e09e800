/** What the app is given besides the environment's own credential; all of it from private files. */
import { resolve } from "node:path";
import type { AppRequest } from "../../environment/target.ts";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { owedRole } from "../postgres/login.ts";
import { readSecret } from "../secrets/secret-file.ts";

export interface Wanted {
  /** Empty: the environment's own user. */
  readonly role: string;
  /** Files by the variable that gets their content. */
  readonly secrets: Readonly<Record<string, string>>;
}

export async function credentialsOf(
  { role, secrets }: Wanted,
  context: ActionContext,
): Promise<Result<Pick<AppRequest, "login" | "secrets">>> {
  const values: Record<string, string> = {};
  for (const [name, file] of Object.entries(secrets)) {
    const secret = await readSecret(resolve(context.target.project, file));
    if (!secret.ok) return secret;
    context.secret(secret.value);
    values[name] = secret.value;
  }
  if (role === "") return ok({ secrets: values });
  const owed = owedRole(context, role);
  if (owed === undefined) return fail(notMade(role));
  const password = await readSecret(owed.undo.file ?? "");
  if (!password.ok) return password;
  context.secret(password.value);
  return ok({ secrets: values, login: { user: role, password: password.value } });
}

function notMade(role: string) {
  return {
    code: "refused",
    message: `Role ${showName(role)} is not one that this drill made, so its password is not known here.`,
    hint: "Run the step that makes it first.",
  } as const;
}
