/** Trying the login of a role that a drill made, and what the ledger says of it. */
import { randomBytes } from "node:crypto";
import type { Resource } from "../../drill/types.ts";
import type { Target } from "../../environment/target.ts";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";

export interface LoginTry {
  readonly role: string;
  readonly password: string;
  readonly database: string;
}

/** Errors: anything but an answer about the credential itself. */
export async function tryLogin(
  target: Target,
  { role, password, database }: LoginTry,
): Promise<Result<"let in" | "refused">> {
  if (target.connectAs === undefined) return fail(notHere());
  const opened = await target.connectAs(
    { user: role, password },
    { database, role: "restore", purpose: "trying a login" },
  );
  if (opened.ok) {
    await opened.value.close();
    return ok("let in");
  }
  // Class 28: invalid authorization specification.
  if (opened.problem.details?.sqlstate?.startsWith("28")) return ok("refused");
  return opened;
}

/** Where the server asks nobody for a password, a login proves nothing about one. */
export async function asksForPassword(
  target: Target,
  { role, database }: Pick<LoginTry, "role" | "database">,
): Promise<Result<boolean>> {
  const wrong = await tryLogin(target, {
    role,
    database,
    password: randomBytes(16).toString("hex"),
  });
  return wrong.ok ? ok(wrong.value === "refused") : wrong;
}

export function owedRoles({ resources }: Pick<ActionContext, "resources">): readonly Resource[] {
  return resources.filter(
    ({ kind, status }) => kind === "role" && (status === "owed" || status === "undoing"),
  );
}

export function owedRole(
  context: Pick<ActionContext, "resources">,
  role: string,
): Resource | undefined {
  return owedRoles(context).findLast(({ undo }) => undo.role === role);
}

/** Says in the journal how far it has come, for whoever finds the drill stopped half-way. */
export function roleLabel(role: string, state: string): string {
  return `role ${showName(role)} (${state})`;
}

/** Which credentials a failure leaves, and the way back. */
export function whatIsLeft(context: ActionContext): string {
  const left = owedRoles(context).map(({ label }) => label);
  const named =
    left.length === 0 ? "No credential of this drill is left" : `Left: ${left.join(", ")}`;
  return `${named}. Run the step again, or abort (\`restore-drill abandon ${context.drill.id}\` if it has ended), which removes them.`;
}

export function withLeft(problem: Problem, context: ActionContext): Problem {
  const { hint = "" } = problem;
  return { ...problem, hint: `${hint} ${whatIsLeft(context)}`.trim() };
}

/** Why no login of a drill can be tried here, where that is so. */
export function withoutOtherLogins({ connectAs }: Pick<Target, "connectAs">): string | undefined {
  return connectAs === undefined ? "this environment offers no login as another role" : undefined;
}

function notHere() {
  return {
    code: "unusable",
    message: "This environment offers no login as somebody else.",
  } as const;
}
