import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { available, startedInput } from "./available.ts";
import {
  type CloudSqlInstance,
  type CloudSqlOperation,
  describeInstance,
  describeOperation,
  existingInstance,
  isHopeless,
  operation,
} from "./cloudsql.ts";
import { hopeless } from "./cloudsql-restore.ts";
import { cloudSqlName, gcloudShown, gcpInputs } from "./gcloud.ts";
import { type Look, watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  instance: cloudSqlName.describe("Name of the new instance."),
  operation: z
    .string()
    .regex(/^(?:[\w-]*|\$\{\w+\})$/u, "not the name of an operation")
    .describe("The restore or cloning that must be done first; empty when it is not known."),
  network: z
    .string()
    .regex(/^(?:PRIVATE|PRIMARY|\$\{\w+\})?$/u, "neither PRIVATE nor PRIMARY")
    .default("")
    .describe("Kind of address to connect to; the private one, if there is one, unless given."),
  started: startedInput,
  within: withinInput("2h"),
});

type Input = z.output<typeof inputs>;

export const cloudSqlWaitAction = defineAction({
  name: "cloudsql/wait",
  about:
    "Waits until a restore into a new Cloud SQL instance is done and the instance can be used, tells how far it is, and notices a failure.",
  inputs,
  outputs: { INSTANCE_HOST: "Address of the new instance." },
  plan: (input) => [
    `${gcloudShown(input, describeOperation(input.operation))}  -- until it is done`,
    `${gcloudShown(input, describeInstance(input.instance))}  -- until it is runnable`,
  ],
  run: wait,
});

async function wait(input: Input, context: ActionContext): Promise<ActionResult> {
  const watched =
    input.operation === "" ? describeInstance(input.instance) : describeOperation(input.operation);
  await context.command(gcloudShown(input, watched));
  const since = performance.now();
  const found = await watch<string>({
    what: `restore into ${input.instance}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const doing = await underWay(input, context.signal);
      if (!doing.ok) return doing;
      if (doing.value !== undefined) return ok({ status: doing.value });
      const instance = await existingInstance(input, input.instance, context.signal);
      return instance.ok ? usable(instance.value, input.network) : instance;
    },
  });
  if (!found.ok) return stopped(found.problem);
  return available({
    check: passed("Instance", `${input.instance} at ${found.value}`),
    values: { INSTANCE_HOST: found.value },
    started: input.started,
    waitedSince: since,
  });
}

/** The status of the restore; undefined once it is done, or when it is not known. */
async function underWay(input: Input, signal: AbortSignal): Promise<Result<string | undefined>> {
  if (input.operation === "") return ok(undefined);
  const doing = await operation(input, input.operation, signal);
  if (!doing.ok) return doing;
  if (doing.value.status !== "DONE") return ok(doing.value.status);
  const problem = failureOf(doing.value, input.instance);
  return problem === undefined ? ok(undefined) : fail(problem);
}

function usable(instance: CloudSqlInstance, network: string): Result<Look<string>> {
  const { name, state, ipAddresses } = instance;
  if (isHopeless(state)) return fail(hopeless(name, state));
  const of = (type: string) => ipAddresses.find((one) => one.type === type)?.ipAddress;
  const host = network === "" ? (of("PRIVATE") ?? of("PRIMARY")) : of(network);
  return state === "RUNNABLE" && host !== undefined ? ok({ ready: host }) : ok({ status: state });
}

function failureOf({ error, name }: CloudSqlOperation, instance: string): Problem | undefined {
  if (error === undefined) return undefined;
  const said = error.errors.map(({ code, message }) => `${code} ${message}`.trim()).join("; ");
  return {
    code: "failed",
    message: `The restore into ${instance} failed (operation ${name}): ${said || "no reason was given"}.`,
    hint: "Look at the operation in the provider's console; the drill deletes the instance at its end.",
  };
}
