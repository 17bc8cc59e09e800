/** What the AWS CLI says when it fails, told as a Problem. Pure. */
import type { Problem } from "../../problem.ts";
import type { CliFailure } from "./call-cli.ts";
import { cliProblem, notInTime, type Saying, saidBy } from "./cli-problem.ts";
import { THROTTLED } from "./throttled.ts";

/** Of the provider's error, under `details`. */
const AWS_CODE = "aws";

const THROTTLING = /^(?:Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded)$/u;

const CREDENTIALS = "Renew the credentials that the AWS CLI uses (aws sso login, aws configure).";
const ALLOW = "Let an administrator allow this call to the identity that the CLI uses.";

const CODES: readonly Saying[] = [
  {
    pattern: /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/u,
    what: "the credentials have expired",
    hint: CREDENTIALS,
  },
  {
    pattern:
      /^(?:InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)$/u,
    what: "the credentials are not accepted",
    hint: CREDENTIALS,
  },
  {
    pattern: /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation)$/u,
    what: "it is not allowed",
    hint: ALLOW,
  },
  {
    pattern: THROTTLING,
    what: "the provider throttles, and went on so after the CLI's own retries",
    hint: "Wait and run the step again, or raise AWS_MAX_ATTEMPTS.",
  },
  {
    pattern: /(?:QuotaExceeded|LimitExceeded|InsufficientDBInstanceCapacity)/u,
    what: "a quota or the provider's capacity is used up",
    hint: "Remove what is not needed any more, raise the quota, or choose another instance class.",
  },
];

const SAID: readonly Saying[] = [
  {
    pattern:
      /Unable to locate credentials|Partial credentials|could not be found.*profile|config profile .* could not be found|NoCredentials/iu,
    what: "there are no credentials",
    hint: "Give the AWS CLI credentials of its own (AWS_PROFILE, aws configure, aws sso login).",
  },
  {
    pattern: /(?:Token|session).{0,80}expired/iu,
    what: "the credentials have expired",
    hint: CREDENTIALS,
  },
  {
    pattern: /must specify a region/iu,
    what: "no region is set",
    hint: "Set RDS_REGION, or a region in the CLI's own configuration.",
  },
  {
    pattern: /Could not connect|Connect timeout|EndpointConnectionError|Read timeout/iu,
    what: "the endpoint does not answer",
    hint: "Check the network, the region and the endpoint.",
  },
];

export function awsProblem(called: string, { stderr, timedOut }: CliFailure): Problem {
  if (timedOut) return notInTime(called, "Check the network, the region and the endpoint.");
  const said = saidBy(stderr);
  const code = /An error occurred \(([\w.]+)\)/u.exec(said)?.[1] ?? "";
  const meaning =
    CODES.find(({ pattern }) => code !== "" && pattern.test(code)) ??
    SAID.find(({ pattern }) => pattern.test(said));
  const throttled = THROTTLING.test(code) ? THROTTLED : {};
  return cliProblem(called, { said, meaning, details: { [AWS_CODE]: code, ...throttled } });
}

export function isAwsCode(problem: Problem, ...codes: readonly string[]): boolean {
  return codes.includes(problem.details?.[AWS_CODE] ?? "");
}
