/** Azure's own CLI: its credentials and configuration are the operator's, never ours. */
import { z } from "zod";
import type { Result } from "../../problem.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import { azureProblem } from "./azure-problem.ts";
import { callCli, type ProviderCli } from "./call-cli.ts";

const AZURE_CLI: ProviderCli = {
  name: "Azure CLI",
  hint: "Install the Azure CLI and see that `az version` answers.",
};

export interface AzurePlace {
  readonly subscription: string;
  readonly group: string;
}

export const azureSubscription = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu, "not the id of a subscription")
  .describe("Id of the Azure subscription that the drill belongs in.");

export const azureInputs = {
  subscription: azureSubscription,
  group: z
    .string()
    .regex(/^[\w(][\w.()-]{0,88}[\w()-]$|^\w$/u, "not the name of a resource group")
    .describe("Resource group of the source server; the new one is made there, too."),
};

/** Nothing that a CLI could take for an option; `${NAME}` is what an earlier step will give. */
export const azureName = z
  .string()
  .regex(/^(?:[a-z0-9][a-z0-9-]{1,61}[a-z0-9]|\$\{\w+\})$/u, "not a name that a server can have");

type AzCommand = readonly [string, ...string[]];

/** Of the same version as `az postgres flexible-server` 2.45 asks. */
const API = "api-version=2022-12-01";

/** The subscription stands in every call: the CLI's own default may change meanwhile. */
function azCommand(subscription: string, words: readonly string[]): AzCommand {
  return ["az", ...words, "--subscription", subscription, "--output", "json", "--only-show-errors"];
}

export function azShown({ subscription }: AzurePlace, words: readonly string[]): string {
  return shellCommand(azCommand(subscription, words));
}

export function az(
  { subscription }: AzurePlace,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  return azCall(azCommand(subscription, words), words, signal);
}

export function azCall(
  command: AzCommand,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const option = words.findIndex((word) => word.startsWith("-"));
  const called = `az ${words.slice(0, option < 0 ? words.length : option).join(" ")}`;
  return callCli({
    cli: AZURE_CLI,
    command,
    called,
    // It must neither ask nor install anything meanwhile.
    env: { AZURE_EXTENSION_USE_DYNAMIC_INSTALL: "no", AZURE_CORE_DISABLE_CONFIRM_PROMPT: "true" },
    signal,
    told: (failure) => azureProblem(called, failure),
  });
}

export function serverPath({ subscription, group }: AzurePlace, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`;
}

/**
 * `flexible-server restore` gives the new server no tag (az 2.45), so that a crash right after it
 * would leave one that nobody could tell; and `flexible-server delete` does not come back before the
 * server is gone. The same calls through `az rest` do.
 */
export function restWords(
  method: "put" | "delete",
  { place, name, body }: { place: AzurePlace; name: string; body?: object },
): readonly string[] {
  return [
    ...["rest", "--method", method, "--url", `${serverPath(place, name)}?${API}`],
    ...(body === undefined ? [] : ["--body", JSON.stringify(body)]),
  ];
}
