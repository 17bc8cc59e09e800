import { z } from "zod";
import type { Target } from "../../environment/target.ts";
import { display } from "../../postgres/display.ts";
import { oneRow, textOf, withSession } from "../../postgres/with-session.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { atCopy, copyInputs } from "./copy.ts";

const inputs = z.strictObject(copyInputs);

type Input = z.output<typeof inputs>;

export const findInstanceAction = defineAction({
  name: "postgres/find-instance",
  about:
    "Connects, read-only, to a server that somebody restored, and makes sure that it is not the primary itself, under whichever name.",
  inputs,
  outputs: {
    INSTANCE_HOST: "Host name of the restored instance.",
    INSTANCE_PORT: "Its port.",
  },
  plan: (input) => [`connect to ${place(input)}, read-only, and see that it is not the primary`],
  run: (input, context) => atCopy(context, input, (target) => look(input, context, target)),
});

function place({ host, port }: Input): string {
  return `${display(host)}:${port}`;
}

async function look(input: Input, context: ActionContext, target: Target): Promise<ActionResult> {
  const { signal } = context;
  const { database } = target.summary;
  await context.command(`connect to ${place(input)}, read-only`);
  const options = { database, role: "primary", purpose: "instance", signal } as const;
  const seen = await withSession(target, options, (session) =>
    oneRow(
      session,
      `SELECT pg_catalog.current_setting('server_version') AS version,
         pg_catalog.pg_is_in_recovery() AS follows`,
    ),
  );
  if (!seen.ok) return stopped(seen.problem);
  if (seen.value.follows === "t") return stopped(following(input));
  return {
    ok: true,
    checks: [
      passed("Another server than the primary", place(input)),
      info("PostgreSQL", textOf(seen.value, "version")),
    ],
    values: { INSTANCE_HOST: input.host, INSTANCE_PORT: input.port },
  };
}

function following(input: Input) {
  return {
    code: "failed",
    message: `The server at ${place(input)} still follows another: it is a standby.`,
    hint: "Promote it, or give the address of the restored instance.",
  } as const;
}
