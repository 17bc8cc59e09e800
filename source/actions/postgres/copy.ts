/** A copy of the primary's server that somebody else made, at an address of its own. */
import { z } from "zod";
import { STARTED } from "../../environment/server-facts.ts";
import type { Target } from "../../environment/target.ts";
import { oneRow, textOf, withSession } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";

export const copyInputs = {
  host: z.string().min(1).describe("Host name or address of the restored server."),
  port: z
    .string()
    .regex(/^(?:[1-9]\d{0,4}|\$\{\w+\})$/u, "not a port")
    .default("5432")
    .describe("Its port; 5432 unless given."),
};

/**
 * Refuses the primary itself. The system identifier does not tell a physical copy from its source,
 * so the address and the moment the server started have to.
 */
export async function copyOf(
  { target, signal }: Pick<ActionContext, "target" | "signal">,
  { host, port }: { readonly host: string; readonly port: string },
): Promise<Result<Target>> {
  const { PRIMARY_HOST, PRIMARY_PORT } = target.variables;
  if (host === PRIMARY_HOST && port === PRIMARY_PORT) return fail(isPrimary(host, port));
  if (target.at === undefined) {
    return fail({
      code: "unusable",
      message: "From this environment no other server can be reached.",
      hint: "Describe the source in restore-drill.yaml with `target: direct`.",
    });
  }
  const copy = target.at({ host, port: Number(port) });
  const [here, there] = [await startOf(target, signal), await startOf(copy, signal)];
  const problem = here.ok ? (there.ok ? undefined : there.problem) : here.problem;
  if (problem === undefined && here.ok && there.ok && here.value !== there.value) return ok(copy);
  await copy.close();
  return fail(problem ?? isPrimary(host, port));
}

function startOf(target: Target, signal: AbortSignal): Promise<Result<string>> {
  const { database } = target.summary;
  const options = { database, role: "primary", purpose: "identity", signal } as const;
  return withSession(target, options, async (session) => {
    const row = await oneRow(session, `SELECT ${STARTED} AS started`);
    return row.ok ? ok(textOf(row.value, "started")) : row;
  });
}

function isPrimary(host: string, port: string): Problem {
  return {
    code: "refused",
    message: `The server at ${host}:${port} is the primary itself, not a copy of it.`,
    hint: "Give the address of the restored instance.",
  };
}
