import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { processes } from "../../process/run.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, passed, stopped } from "../outcome.ts";
import { AWS_CLI, type AwsPlace, aws, awsInputs, awsShown } from "./aws.ts";
import { withoutCli } from "./call-cli.ts";

const inputs = z.strictObject({
  ...awsInputs,
  account: z
    .string()
    .regex(/^\d{12}$/u, "an AWS account has twelve digits")
    .describe("Twelve digits of the account that the drill belongs in."),
});

type Input = z.output<typeof inputs>;

/** Older ones do not retry as they should, and know no modern credentials. */
const OLDEST = { major: 1, minor: 22 };

const WHO = ["sts", "get-caller-identity"] as const;

export const awsIdentityAction = defineAction({
  name: "cloud/aws-identity",
  about:
    "Makes sure that the AWS CLI is there, new enough, and speaks for the account that is meant, before anything is made.",
  inputs,
  outputs: { AWS_IDENTITY: "ARN of the identity that the CLI speaks for." },
  plan: (input) => ["aws --version", awsShown(input, WHO)],
  run: identify,
});

const identity = z.looseObject({ Account: z.string(), Arn: z.string() });

async function identify(input: Input, context: ActionContext): Promise<ActionResult> {
  const { signal } = context;
  await context.command("aws --version");
  const version = await versionOf(signal);
  if (!version.ok) return stopped(version.problem);
  const cli = judged("AWS CLI", isNewEnough(version.value), {
    expected: `${OLDEST.major}.${OLDEST.minor} or newer`,
    observed: version.value,
  });
  if (cli.status === "failed") return stopped(tooOld(version.value), [cli]);
  await context.command(awsShown(input, WHO));
  const who = await whoAmI(input, signal);
  if (!who.ok) return stopped(who.problem, [cli]);
  const { Account, Arn } = who.value;
  const account = judged("Account", Account === input.account, {
    expected: input.account,
    observed: Account,
  });
  const checks = [cli, account, info("Identity", Arn)];
  if (account.status === "failed") return stopped(wrongAccount(input.account, Account), checks);
  return {
    ok: true,
    checks: [...checks, passed("Credentials", "the CLI's own; this tool never sees them")],
    values: { AWS_IDENTITY: Arn },
  };
}

async function whoAmI(place: AwsPlace, signal: AbortSignal) {
  const answer = await aws(place, WHO, signal);
  if (!answer.ok) return answer;
  const parsed = identity.safeParse(answer.value);
  return parsed.success ? ok(parsed.data) : fail<z.output<typeof identity>>(unknownAnswer());
}

/** `aws-cli/2.9.19`; older ones print it to standard error. */
async function versionOf(signal: AbortSignal): Promise<Result<string>> {
  const ran = await processes.run({ command: ["aws", "--version"], timeoutSeconds: 60, signal });
  if (!ran.ok) return fail(signal.aborted ? ran.problem : withoutCli(AWS_CLI, ran.problem.message));
  const said = `${ran.value.stdout}\n${ran.value.stderr}`;
  const version = /aws-cli\/\d+\.\d+\S*/u.exec(said)?.[0];
  if (version !== undefined) return ok(version);
  return fail(withoutCli(AWS_CLI, "`aws --version` names no version."));
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace("aws-cli/", "").split(".").map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}

function tooOld(version: string): Problem {
  return {
    code: "unusable",
    message: `${version} is too old.`,
    hint: `Install version ${OLDEST.major}.${OLDEST.minor} or newer, best version 2.`,
  };
}

function wrongAccount(expected: string, observed: string): Problem {
  return {
    code: "refused",
    message: `The AWS CLI speaks for account ${observed}, not for ${expected}.`,
    hint: "Choose the right profile (AWS_PROFILE), or mend AWS_ACCOUNT. Nothing was made.",
  };
}

function unknownAnswer(): Problem {
  return {
    code: "failed",
    message: "The answer to aws sts get-caller-identity names no account.",
    hint: "Run it by hand and look at what it prints.",
  };
}
