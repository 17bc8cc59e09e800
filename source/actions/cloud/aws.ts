/** Amazon's own CLI: its credentials, profile and retries are the operator's, never ours. */
import { z } from "zod";
import type { Result } from "../../problem.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import { awsProblem } from "./aws-problem.ts";
import { callCli, type ProviderCli } from "./call-cli.ts";

export const AWS_CLI: ProviderCli = {
  name: "AWS CLI",
  hint: "Install it (Debian: apt-get install awscli) and see that `aws --version` answers.",
};

export interface AwsPlace {
  /** "": the CLI's own configuration says. */
  readonly region: string;
  /** "": the provider's own. */
  readonly endpoint: string;
}

export const awsInputs = {
  region: z
    .string()
    .regex(/^[a-z0-9-]*$/u, "not a region such as eu-central-1")
    .default("")
    .describe("Region; without it, the one of the CLI's own configuration."),
  endpoint: z
    .string()
    .regex(/^(?:https?:\/\/\S+)?$/u, "not an http or https URL")
    .default("")
    .describe("Another endpoint than the provider's, for a private one or a test."),
};

/**
 * Names of instances and snapshots; nothing that a CLI could take for an option. In the plan, what
 * an earlier step will give stands there as `${NAME}`; no provider would take that for a name.
 */
export const rdsName = z
  .string()
  .regex(/^(?:(?:rds:)?[A-Za-z](?:-?[A-Za-z0-9])*|\$\{\w+\})$/u, "not a name that RDS gives")
  .max(255);

type AwsCommand = readonly [string, ...string[]];

function awsCommand(place: AwsPlace, words: readonly string[]): AwsCommand {
  return [
    "aws",
    ...words,
    ...(place.region === "" ? [] : ["--region", place.region]),
    ...(place.endpoint === "" ? [] : ["--endpoint-url", place.endpoint]),
    "--output",
    "json",
  ];
}

export function awsShown(place: AwsPlace, words: readonly string[]): string {
  return shellCommand(awsCommand(place, words));
}

/** What it printed, parsed. Errors tell what the operator can do about them. */
export function aws(
  place: AwsPlace,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const called = `aws ${words.slice(0, 2).join(" ")}`;
  return callCli({
    cli: AWS_CLI,
    command: awsCommand(place, words),
    called,
    env: {
      AWS_PAGER: "",
      AWS_RETRY_MODE: process.env.AWS_RETRY_MODE ?? "standard",
      AWS_MAX_ATTEMPTS: process.env.AWS_MAX_ATTEMPTS ?? "6",
    },
    signal,
    told: (failure) => awsProblem(called, failure),
  });
}
