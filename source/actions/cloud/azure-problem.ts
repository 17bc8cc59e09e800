/** What az says when it fails, told as a Problem. Pure. */
import type { Problem } from "../../problem.ts";
import type { CliFailure } from "./call-cli.ts";
import { cliProblem, notInTime, type Saying, saidBy } from "./cli-problem.ts";
import { THROTTLED } from "./throttled.ts";

const KIND = "kind";

const CREDENTIALS = "Renew the credentials that az uses (az login).";

const THROTTLES: Saying = {
  pattern: /TooManyRequests|RequestsThrottled|Too Many Requests/iu,
  what: "the provider throttles",
  hint: "Wait and run the step again.",
};

const SAID: readonly Saying[] = [
  {
    pattern:
      /ExpiredAuthenticationToken|AADSTS(?:700082|700084|50173|70043|50078)|token (?:has|is) expired|InvalidAuthenticationToken|interactive authentication is needed/iu,
    what: "the credentials have expired",
    hint: CREDENTIALS,
  },
  { pattern: /run 'az login'/iu, what: "there are no credentials", hint: CREDENTIALS },
  THROTTLES,
  {
    pattern: /Quota|SkuNotAvailable|capacity/iu,
    what: "a quota or the provider's capacity is used up",
    hint: "Remove what is not needed any more, or raise the quota.",
  },
  {
    pattern: /AuthorizationFailed|LinkedAuthorizationFailed|Forbidden/u,
    what: "it is not allowed",
    hint: "Let an administrator allow this call to the identity that az uses, and check the names.",
  },
  {
    pattern: /Subscription '[^']*' not found|SubscriptionNotFound|InvalidSubscriptionId/u,
    what: "the identity does not know that subscription",
    hint: "Log in with an identity that has it, or mend AZURE_SUBSCRIPTION.",
  },
];

const KINDS: readonly (readonly [AzureRefusal, RegExp])[] = [
  ["absent", /\bResourceNotFound\b|\bResourceGroupNotFound\b|\bServerNotFound\b/u],
  ["busy", /\bServerIsBusy\b|\bConflict\b|OperationInProgress|AnotherOperationInProgress/u],
  // The reference names no code for it; this is what its messages have in common.
  ["too-early", /point.?in.?time|restore (?:time|point)/iu],
];

export type AzureRefusal = "absent" | "busy" | "too-early";

export function azureProblem(called: string, { stderr, timedOut }: CliFailure): Problem {
  if (timedOut) return notInTime(called, "Check the network; the same command can be run by hand.");
  const said = saidBy(stderr);
  const meaning = SAID.find(({ pattern }) => pattern.test(said));
  const [kind = ""] = KINDS.find(([, pattern]) => pattern.test(said)) ?? [];
  const throttled = meaning === THROTTLES ? THROTTLED : {};
  const details = { [KIND]: meaning === undefined ? kind : "", ...throttled };
  return cliProblem(called, { said, meaning, details });
}

export function isAzure({ details }: Problem, kind: AzureRefusal): boolean {
  return details?.[KIND] === kind;
}
