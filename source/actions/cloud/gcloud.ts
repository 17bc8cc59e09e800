/** Google's own CLI: its credentials and configuration are the operator's, never ours. */
import { z } from "zod";
import type { Result } from "../../problem.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import { callCli, type ProviderCli } from "./call-cli.ts";
import { gcloudProblem } from "./gcloud-problem.ts";

const GCLOUD_CLI: ProviderCli = {
  name: "gcloud CLI",
  hint: "Install the Google Cloud CLI and see that `gcloud version` answers.",
};

export interface GcpPlace {
  readonly project: string;
}

export const gcpInputs = {
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/u, "not the id of a project")
    .describe("Id of the Google Cloud project that the drill belongs in."),
};

/** Nothing that a CLI could take for an option; `${NAME}` is what an earlier step will give. */
export const cloudSqlName = z
  .string()
  .regex(/^(?:[a-z](?:-?[a-z0-9])*|\$\{\w+\})$/u, "not a name that Cloud SQL gives")
  .max(98);

/** Digits; older gcloud releases know no other. */
export const backupId = z.string().regex(/^(?:\d+|\$\{\w+\})$/u, "not the id of a backup");

type GcloudCommand = readonly [string, ...string[]];

/** The project stands in every call: the CLI's own configuration may change meanwhile. */
function gcloudCommand({ project }: GcpPlace, words: readonly string[]): GcloudCommand {
  return ["gcloud", ...words, `--project=${project}`, "--quiet", "--format=json"];
}

export function gcloudShown(place: GcpPlace, words: readonly string[]): string {
  return shellCommand(gcloudCommand(place, words));
}

export function gcloud(
  place: GcpPlace,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  return gcloudCall(gcloudCommand(place, words), words, signal);
}

export function gcloudCall(
  command: GcloudCommand,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const called = `gcloud ${words
    .filter((word) => !word.startsWith("-"))
    .slice(0, 3)
    .join(" ")}`;
  return callCli({
    cli: GCLOUD_CLI,
    command,
    called,
    env: { CLOUDSDK_CORE_DISABLE_PROMPTS: "1" },
    signal,
    told: (failure) => gcloudProblem(called, failure),
  });
}
