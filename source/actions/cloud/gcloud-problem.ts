/** What gcloud says when it fails, told as a Problem. Pure. */
import type { Problem } from "../../problem.ts";
import type { CliFailure } from "./call-cli.ts";
import { cliProblem, notInTime, type Saying, saidBy } from "./cli-problem.ts";
import { THROTTLED } from "./throttled.ts";

const HTTP = "http";
const AMBIGUOUS = "ambiguous";

const CREDENTIALS = "Renew the credentials that gcloud uses (gcloud auth login).";

const THROTTLES: Saying = {
  pattern: /HTTPError 429|rateLimitExceeded|RATE_LIMIT_EXCEEDED/u,
  what: "the provider throttles",
  hint: "Wait and run the step again.",
};

const SAID: readonly Saying[] = [
  {
    pattern:
      /invalid_grant|refreshing your current auth tokens|Reauthentication (?:failed|required)/iu,
    what: "the credentials have expired",
    hint: CREDENTIALS,
  },
  {
    pattern: /HTTPError 401|UNAUTHENTICATED/u,
    what: "the credentials are not accepted, or not any more",
    hint: CREDENTIALS,
  },
  {
    pattern: /do not currently have an active account/iu,
    what: "there are no credentials",
    hint: CREDENTIALS,
  },
  THROTTLES,
  {
    pattern: /quotaExceeded|QUOTA_EXCEEDED|Quota exceeded|enough resources/iu,
    what: "a quota or the provider's capacity is used up",
    hint: "Remove what is not needed any more, raise the quota, or choose another tier.",
  },
  {
    pattern: /Invalid choice|unrecognized arguments/u,
    what: "this release does not know it",
    hint: "Update gcloud (gcloud components update).",
  },
  {
    pattern: /HTTPError 403|PERMISSION_DENIED|not authorized to access it/u,
    what: "it is not allowed",
    hint: "Let an administrator allow this call to the identity that gcloud uses, and check the names.",
  },
];

export function gcloudProblem(called: string, { stderr, timedOut }: CliFailure): Problem {
  if (timedOut) return notInTime(called, "Check the network; the same command can be run by hand.");
  // Some commands first print what they are going to ask for.
  const said = saidBy(stderr, "ERROR: (gcloud");
  const meaning = SAID.find(({ pattern }) => pattern.test(said));
  return cliProblem(called, {
    said,
    meaning,
    details: {
      [HTTP]: /HTTPError (\d{3})/u.exec(said)?.[1] ?? "",
      ...(/There was no instance found at/u.test(said) ? { [AMBIGUOUS]: "yes" } : {}),
      ...(meaning === THROTTLES ? THROTTLED : {}),
    },
  });
}

/** gcloud says the same of an instance that is not there and of one that is kept from its identity. */
export function isAmbiguous({ details }: Problem): boolean {
  return details?.[AMBIGUOUS] === "yes";
}

export function isHttp({ details }: Problem, status: "404" | "409"): boolean {
  return details?.[HTTP] === status;
}
