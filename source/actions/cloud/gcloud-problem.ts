/** What gcloud says when it fails, told as a Problem. Pure. */
import type { Problem } from "../../problem.ts";
import type { CliFailure } from "./call-cli.ts";
import { THROTTLED } from "./throttled.ts";

const HTTP = "http";
const AMBIGUOUS = "ambiguous";
const LONGEST = 400;

const CREDENTIALS = "Renew the credentials that gcloud uses (gcloud auth login).";

const SAID: readonly (readonly [RegExp, string, string])[] = [
  [
    /invalid_grant|refreshing your current auth tokens|Reauthentication (?:failed|required)/iu,
    "the credentials have expired",
    CREDENTIALS,
  ],
  [
    /HTTPError 401|UNAUTHENTICATED/u,
    "the credentials are not accepted, or not any more",
    CREDENTIALS,
  ],
  [/do not currently have an active account/iu, "there are no credentials", CREDENTIALS],
  [
    /HTTPError 429|rateLimitExceeded|RATE_LIMIT_EXCEEDED/u,
    "the provider throttles",
    "Wait and run the step again.",
  ],
  [
    /quotaExceeded|QUOTA_EXCEEDED|Quota exceeded|enough resources/iu,
    "a quota or the provider's capacity is used up",
    "Remove what is not needed any more, raise the quota, or choose another tier.",
  ],
  [
    /Invalid choice|unrecognized arguments/u,
    "this release does not know it",
    "Update gcloud (gcloud components update).",
  ],
  [
    /HTTPError 403|PERMISSION_DENIED|not authorized to access it/u,
    "it is not allowed",
    "Let an administrator allow this call to the identity that gcloud uses, and check the names.",
  ],
];

export function gcloudProblem(called: string, { stderr, timedOut }: CliFailure): Problem {
  if (timedOut) {
    return {
      code: "failed",
      message: `${called} did not answer in time.`,
      hint: "Check the network; the same command can be run by hand.",
    };
  }
  const told = stderr.replace(/\s+/gu, " ").trim();
  // Some commands first print what they are going to ask for.
  const said = told.slice(Math.max(0, told.indexOf("ERROR: (gcloud"))).slice(0, LONGEST);
  const [, what, hint] = SAID.find(([pattern]) => pattern.test(said)) ?? [];
  return {
    code: "failed",
    message: `${called} failed${what === undefined ? "" : `: ${what}`}. It said: ${said === "" ? "nothing" : said}`,
    hint: hint ?? "Read what it said; the same command can be run by hand.",
    details: {
      [HTTP]: /HTTPError (\d{3})/u.exec(said)?.[1] ?? "",
      ...(/There was no instance found at/u.test(said) ? { [AMBIGUOUS]: "yes" } : {}),
      ...(what === "the provider throttles" ? THROTTLED : {}),
    },
  };
}

/** gcloud says the same of an instance that is not there and of one that is kept from its identity. */
export function isAmbiguous({ details }: Problem): boolean {
  return details?.[AMBIGUOUS] === "yes";
}

export function isHttp({ details }: Problem, status: "404" | "409"): boolean {
  return details?.[HTTP] === status;
}
