import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, passed, stopped } from "../outcome.ts";
import { azCall, azureSubscription } from "./azure.ts";

const inputs = z.strictObject({ subscription: azureSubscription });

type Input = z.output<typeof inputs>;

/** Debian 12's; the drill was run with it. */
const OLDEST = { major: 2, minor: 45 };

const VERSION = ["version"] as const;
const ACCOUNT = ["account", "show"] as const;

export const azureIdentityAction = defineAction({
  name: "cloud/azure-identity",
  about:
    "Makes sure that az is there, new enough, logged in, and set to the subscription that is meant, before anything is made.",
  inputs,
  outputs: { AZURE_IDENTITY: "User or service principal that az speaks for." },
  plan: () => [VERSION, ACCOUNT].map((words) => `az ${words.join(" ")}`),
  run: identify,
});

const versions = z.looseObject({ "azure-cli": z.string() });
const accountShape = z.looseObject({
  id: z.string(),
  name: z.string().default(""),
  state: z.string().default(""),
  user: z.looseObject({ name: z.string() }),
});

async function identify({ subscription }: Input, context: ActionContext): Promise<ActionResult> {
  const version = await ask(VERSION, versions, context);
  if (!version.ok) return stopped(version.problem);
  const observed = version.value["azure-cli"];
  const cli = judged("Azure CLI", isNewEnough(observed), {
    expected: `${OLDEST.major}.${OLDEST.minor}.0 or newer`,
    observed,
  });
  if (cli.status === "failed") return stopped(tooOld(observed), [cli]);
  const account = await ask(ACCOUNT, accountShape, context);
  if (!account.ok) return stopped(account.problem, [cli]);
  const { id, name, state, user } = account.value;
  const shown = `${id} (${name})`;
  const right = judged("Subscription", id.toLowerCase() === subscription.toLowerCase(), {
    expected: subscription,
    observed: shown,
  });
  const checks = [cli, info("Identity", user.name), right];
  if (right.status === "failed") return stopped(wrong(subscription, shown), checks);
  const enabled = judged("State", state === "Enabled", { expected: "Enabled", observed: state });
  if (enabled.status === "failed") return stopped(notEnabled(shown, state), [...checks, enabled]);
  return {
    ok: true,
    checks: [...checks, enabled, passed("Credentials", "the CLI's own; this tool never sees them")],
    values: { AZURE_IDENTITY: user.name },
  };
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}

async function ask<T>(
  words: readonly string[],
  shape: z.ZodType<T>,
  context: ActionContext,
): Promise<Result<T>> {
  await context.command(`az ${words.join(" ")}`);
  const command = ["az", ...words, "--output", "json", "--only-show-errors"] as const;
  const answer = await azCall(command, words, context.signal);
  if (!answer.ok) return answer;
  const parsed = shape.safeParse(answer.value);
  if (parsed.success) return ok(parsed.data);
  return fail({
    code: "unusable",
    message: `What az ${words.join(" ")} prints is not understood.`,
    hint: "Run it by hand and look at what it prints.",
  });
}

function tooOld(version: string): Problem {
  return {
    code: "unusable",
    message: `az ${version} is too old.`,
    hint: `Install version ${OLDEST.major}.${OLDEST.minor}.0 or newer (az upgrade).`,
  };
}

function wrong(expected: string, observed: string): Problem {
  return {
    code: "refused",
    message: `az is set to subscription ${observed}, not to ${expected}.`,
    hint: "Choose it (az account set --subscription), or mend AZURE_SUBSCRIPTION. Nothing was made.",
  };
}

function notEnabled(subscription: string, state: string): Problem {
  return {
    code: "refused",
    message: `Subscription ${subscription} is ${state === "" ? "in no known state" : state}, not Enabled.`,
    hint: "Nothing can be made in it; look at it in the portal.",
  };
}
