import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, passed, stopped } from "../outcome.ts";
import { gcloudCall, gcpInputs } from "./gcloud.ts";

const inputs = z.strictObject(gcpInputs);

type Input = z.output<typeof inputs>;

/** Of October 2023: older ones may not know all flags that the drill gives, such as --edition. */
const OLDEST = 450;

const VERSION = ["version"] as const;
const ACCOUNTS = ["auth", "list", "--filter=status:ACTIVE"] as const;
const TOKEN_FILE = ["config", "get-value", "auth/access_token_file"] as const;
const PROJECT = ["config", "get-value", "project"] as const;

export const gcloudIdentityAction = defineAction({
  name: "cloud/gcloud-identity",
  about:
    "Makes sure that gcloud is there, new enough, has an account, and is set to the project that is meant, before anything is made.",
  inputs,
  outputs: { GCP_IDENTITY: "Account that gcloud speaks for." },
  plan: () => [VERSION, ACCOUNTS, TOKEN_FILE, PROJECT].map((words) => `gcloud ${words.join(" ")}`),
  run: identify,
});

const versions = z.looseObject({ "Google Cloud SDK": z.string(), beta: z.string().optional() });
const accounts = z.array(z.looseObject({ account: z.string() }));
/** gcloud prints an empty list for a property that is not set. */
const property = z.union([z.string(), z.tuple([]).transform(() => "")]);

async function identify({ project }: Input, context: ActionContext): Promise<ActionResult> {
  const version = await ask(VERSION, versions, context);
  if (!version.ok) return stopped(version.problem);
  const observed = version.value["Google Cloud SDK"];
  const cli = judged("Google Cloud CLI", Number(observed.split(".")[0]) >= OLDEST, {
    expected: `${OLDEST}.0.0 or newer`,
    observed,
  });
  if (cli.status === "failed") return stopped(tooOld(observed), [cli]);
  // Labels at the creation of an instance are in the beta commands only.
  if (version.value.beta === undefined) return stopped(withoutBeta(), [cli]);
  const speaking = await identity(context);
  if (!speaking.ok) return stopped(speaking.problem, [cli]);
  const account = speaking.value;
  const set = await ask(PROJECT, property, context);
  if (!set.ok) return stopped(set.problem, [cli]);
  const right = judged("Project", set.value === project, {
    expected: project,
    observed: set.value,
  });
  const checks = [cli, info("Identity", account), right];
  if (right.status === "failed") return stopped(wrongProject(project, set.value), checks);
  return {
    ok: true,
    checks: [...checks, passed("Credentials", "the CLI's own; this tool never sees them")],
    values: { GCP_IDENTITY: account },
  };
}

/** An access token of a file has no account that gcloud would know. */
async function identity(context: ActionContext): Promise<Result<string>> {
  const active = await ask(ACCOUNTS, accounts, context);
  if (!active.ok) return active;
  const account = active.value[0]?.account;
  if (account !== undefined) return ok(account);
  const token = await ask(TOKEN_FILE, property, context);
  if (!token.ok) return token;
  return token.value === "" ? fail(withoutAccount()) : ok(`the access token in ${token.value}`);
}

async function ask<T>(
  words: readonly string[],
  shape: z.ZodType<T>,
  context: ActionContext,
): Promise<Result<T>> {
  await context.command(`gcloud ${words.join(" ")}`);
  const answer = await gcloudCall(
    ["gcloud", ...words, "--quiet", "--format=json"],
    words,
    context.signal,
  );
  if (!answer.ok) return answer;
  const parsed = shape.safeParse(answer.value);
  if (parsed.success) return ok(parsed.data);
  return fail({
    code: "unusable",
    message: `What gcloud ${words.join(" ")} prints is not understood.`,
    hint: "Run it by hand and look at what it prints.",
  });
}

function tooOld(version: string): Problem {
  return {
    code: "unusable",
    message: `gcloud ${version} is too old.`,
    hint: `Install version ${OLDEST}.0.0 or newer (gcloud components update).`,
  };
}

function withoutBeta(): Problem {
  return {
    code: "unusable",
    message: "gcloud has no beta commands, and only those can label a new instance.",
    hint: "Install them: gcloud components install beta.",
  };
}

function withoutAccount(): Problem {
  return {
    code: "unusable",
    message: "gcloud has no active account.",
    hint: "Log in (gcloud auth login) or activate a service account. Nothing was made.",
  };
}

function wrongProject(expected: string, observed: string): Problem {
  return {
    code: "refused",
    message: `gcloud is set to ${observed === "" ? "no project" : `project ${observed}`}, not to ${expected}.`,
    hint: "Choose the right configuration (CLOUDSDK_ACTIVE_CONFIG_NAME), or mend GCP_PROJECT. Nothing was made.",
  };
}
