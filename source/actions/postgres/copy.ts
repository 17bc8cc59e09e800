/** A copy of the primary's server that somebody else made, at an address of its own. */
import { z } from "zod";
import { STARTED } from "../../environment/server-facts.ts";
import type { Target } from "../../environment/target.ts";
import { oneRow, textOf, withSession } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { stopped } from "../outcome.ts";

export const copyInputs = {
  host: z.string().min(1).describe("Host name or address of the restored server."),
  port: z
    .string()
    .regex(/^(?:[1-9]\d{0,4}|\$\{\w+\})$/u, "not a port")
    .default("5432")
    .describe("Its port; 5432 unless given."),
};

/** Where something may run against the primary's own server or a copy of it. */
export const optionalCopyInputs = {
  host: z.string().default("").describe("A copy of the primary's server to use instead."),
  port: copyInputs.port.describe("Port of that copy; 5432 unless given."),
};

interface Somewhere {
  readonly host: string;
  readonly port: string;
}

/** With the environment's own target, or with that of a copy when a host is given. */
export async function atCopy(
  context: Pick<ActionContext, "target" | "signal">,
  place: Somewhere,
  work: (target: Target) => Promise<ActionResult>,
): Promise<ActionResult> {
  if (place.host === "") return work(context.target);
  const copy = await copyOf(context, place);
  if (!copy.ok) return stopped(copy.problem);
  try {
    return await work(copy.value);
  } finally {
    await copy.value.close();
  }
}

/**
 * Refuses the primary itself. The system identifier does not tell a physical copy from its source,
 * so the address and the moment the server started have to.
 */
export async function copyOf(
  { target, signal }: Pick<ActionContext, "target" | "signal">,
  { host, port }: Somewhere,
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
