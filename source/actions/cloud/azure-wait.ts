import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { available, startedInput } from "./available.ts";
import { azShown, azureInputs, azureName } from "./azure.ts";
import { type AzureServer, findServer, showServer } from "./azure-server.ts";
import { type Look, watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...azureInputs,
  server: azureName.describe("Name of the new server."),
  started: startedInput,
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const azureWaitAction = defineAction({
  name: "azure/wait",
  about:
    "Waits until a new Azure flexible server can be used, tells how far it is, and notices a failure.",
  inputs,
  outputs: { SERVER_HOST: "Address of the new server." },
  plan: (input) => [`${azShown(input, showServer(input, input.server))}  -- until it is Ready`],
  run: wait,
});

async function wait(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(azShown(input, showServer(input, input.server)));
  const since = performance.now();
  let seen = false;
  const found = await watch<string>({
    what: `server ${input.server}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const server = await findServer(input, input.server, context.signal);
      if (!server.ok) return server;
      if (server.value !== undefined) {
        seen = true;
        return usable(server.value);
      }
      // Azure takes away what it could not restore, and does not list at once what it makes.
      return seen ? fail(hopeless(input.server, "gone")) : ok({ status: "not listed yet" });
    },
  });
  if (!found.ok) return stopped(found.problem);
  return available({
    check: passed("Server", `${input.server} at ${found.value}`),
    values: { SERVER_HOST: found.value },
    started: input.started,
    waitedSince: since,
  });
}

function usable({ name, state, fullyQualifiedDomainName }: AzureServer): Result<Look<string>> {
  if (/^(?:Disabled|Dropping|Stopp(?:ed|ing)|Inaccessible|Failed)$/u.test(state ?? "")) {
    return fail(hopeless(name, `in state ${state}`));
  }
  return state === "Ready" && fullyQualifiedDomainName !== null
    ? ok({ ready: fullyQualifiedDomainName })
    : ok({ status: state === null || state === "" ? "without a state yet" : state });
}

function hopeless(name: string, how: string): Problem {
  return {
    code: "failed",
    message: `Server ${name} did not come up: it is ${how}.`,
    hint: "Look at the activity log of its resource group; the drill deletes it at its end.",
  };
}
