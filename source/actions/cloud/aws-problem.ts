/** What the AWS CLI says when it fails, told as a Problem. Pure. */
import type { Problem } from "../../problem.ts";
import { THROTTLED } from "./throttled.ts";

/** Of the provider's error, under `details`. */
const AWS_CODE = "aws";

const LONGEST = 400;

const THROTTLING = ["Throttling", "ThrottlingException", "RequestLimitExceeded"];

const CREDENTIALS = "Renew the credentials that the AWS CLI uses (aws sso login, aws configure).";
const ALLOW = "Let an administrator allow this call to the identity that the CLI uses.";

const HINTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/u,
    "the credentials have expired",
    CREDENTIALS,
  ],
  [
    /^(?:InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)$/u,
    "the credentials are not accepted",
    CREDENTIALS,
  ],
  [/^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation)$/u, "it is not allowed", ALLOW],
  [
    /^(?:Throttling|ThrottlingException|RequestLimitExceeded|ThrottledException)$/u,
    "the provider throttles, and went on so after the CLI's own retries",
    "Wait and run the step again, or raise AWS_MAX_ATTEMPTS.",
  ],
  [
    /(?:QuotaExceeded|LimitExceeded|InsufficientDBInstanceCapacity)/u,
    "a quota or the provider's capacity is used up",
    "Remove what is not needed any more, raise the quota, or choose another instance class.",
  ],
];

const SAID: readonly (readonly [RegExp, string, string])[] = [
  [
    /Unable to locate credentials|Partial credentials|could not be found.*profile|config profile .* could not be found|NoCredentials/iu,
    "there are no credentials",
    "Give the AWS CLI credentials of its own (AWS_PROFILE, aws configure, aws sso login).",
  ],
  [/(?:Token|session).{0,80}expired/iu, "the credentials have expired", CREDENTIALS],
  [
    /must specify a region/iu,
    "no region is set",
    "Set RDS_REGION, or a region in the CLI's own configuration.",
  ],
  [
    /Could not connect|Connect timeout|EndpointConnectionError|Read timeout/iu,
    "the endpoint does not answer",
    "Check the network, the region and the endpoint.",
  ],
];

export function awsProblem(
  words: readonly string[],
  { stderr, timedOut }: { readonly stderr: string; readonly timedOut: boolean },
): Problem {
  const call = `aws ${words.slice(0, 2).join(" ")}`;
  if (timedOut) {
    return {
      code: "failed",
      message: `${call} did not answer in time.`,
      hint: "Check the network, the region and the endpoint.",
    };
  }
  const said = stderr.replace(/\s+/gu, " ").trim().slice(0, LONGEST);
  const code = /An error occurred \(([\w.]+)\)/u.exec(said)?.[1] ?? "";
  const [, what, hint] =
    HINTS.find(([pattern]) => code !== "" && pattern.test(code)) ??
    SAID.find(([pattern]) => pattern.test(said)) ??
    [];
  const why = what === undefined ? "" : `: ${what}`;
  return {
    code: "failed",
    message: `${call} failed${why}. It said: ${said === "" ? "nothing" : said}`,
    hint: hint ?? "Read what it said; the same command can be run by hand.",
    details: { [AWS_CODE]: code, ...(THROTTLING.includes(code) ? THROTTLED : {}) },
  };
}

export function isAwsCode(problem: Problem, ...codes: readonly string[]): boolean {
  return codes.includes(problem.details?.[AWS_CODE] ?? "");
}
