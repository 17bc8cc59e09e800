import { z } from "zod";
import { fail, ok, type Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { available, startedInput } from "./available.ts";
import { awsInputs, awsShown, rdsName } from "./aws.ts";
import { describeInstance, existingInstance } from "./rds.ts";
import { watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...awsInputs,
  instance: rdsName.describe("Identifier of the new instance."),
  started: startedInput,
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const rdsWaitAction = defineAction({
  name: "rds/wait",
  about: "Waits until a new RDS instance can be used, tells how far it is, and notices a failure.",
  inputs,
  outputs: {
    INSTANCE_HOST: "Host name of the new instance.",
    INSTANCE_PORT: "Its port.",
  },
  plan: (input) => [
    `${awsShown(input, describeInstance(input.instance))}  -- until it is available`,
  ],
  run: wait,
});

/** It goes no further from there by itself. */
const HOPELESS = /^(?:failed|restore-error|incompatible-|inaccessible-|storage-full|delet|stopp)/u;

async function wait(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(awsShown(input, describeInstance(input.instance)));
  const since = performance.now();
  const found = await watch({
    what: `instance ${input.instance}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const one = await existingInstance(input, input.instance, context.signal);
      if (!one.ok) return one;
      const { DBInstanceStatus: status, Endpoint } = one.value;
      if (status === "available" && Endpoint !== undefined) return ok({ ready: Endpoint });
      return HOPELESS.test(status) ? fail(hopeless(input.instance, status)) : ok({ status });
    },
  });
  if (!found.ok) return stopped(found.problem);
  const { Address, Port } = found.value;
  return available({
    check: passed("Instance", `${input.instance} at ${Address}:${Port}`),
    values: { INSTANCE_HOST: Address, INSTANCE_PORT: String(Port) },
    started: input.started,
    waitedSince: since,
  });
}

function hopeless(name: string, status: string): Problem {
  return {
    code: "failed",
    message: `Instance ${name} did not come up: its status is ${status}.`,
    hint: "Look at its events in the provider's console; the drill deletes it at its end.",
  };
}
