import { z } from "zod";
import { isLoopback } from "../../postgres/connection.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { concluded, info, judged, stopped, warning } from "../outcome.ts";
import { azShown, azureInputs, azureName } from "./azure.ts";
import { type AzureServer, showServer, sourceServer } from "./azure-server.ts";
import { costOfCopy, notToBeDrilled } from "./source-told.ts";

const inputs = z.strictObject({
  ...azureInputs,
  server: azureName.describe("Name of the source server."),
});

type Input = z.output<typeof inputs>;

export const azureSourceAction = defineAction({
  name: "azure/source",
  about:
    "Makes sure that the named Azure flexible server is the primary of this environment, and is up.",
  inputs,
  outputs: {},
  plan: (input) => [azShown(input, showServer(input, input.server))],
  run: look,
});

async function look(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(azShown(input, showServer(input, input.server)));
  const found = await sourceServer(input, input.server, context.signal);
  if (!found.ok) return stopped(found.problem);
  const { state, version, sku, storage, backup } = found.value;
  return concluded(
    {
      checks: [
        info("Engine", `PostgreSQL ${version}`),
        judged("State", state === "Ready", { expected: "Ready", observed: state ?? "" }),
        address(found.value, context),
        info("Can be restored since", backup?.earliestRestoreDate ?? "not known"),
        costOfCopy(sku?.name ?? "its compute", `${storage?.storageSizeGb ?? "its"} GiB`),
      ],
      values: {},
    },
    notToBeDrilled("Server", input.server),
  );
}

/** A tunnel ends at this host: there, only the proof tells whether it is the right server. */
function address({ fullyQualifiedDomainName }: AzureServer, { target }: ActionContext) {
  const { PRIMARY_HOST = "" } = target.variables;
  const observed = fullyQualifiedDomainName ?? "none";
  const title = "Address";
  return isLoopback(PRIMARY_HOST) && !isLoopback(observed)
    ? warning(title, `${observed}; this environment goes through ${PRIMARY_HOST}`, PRIMARY_HOST)
    : judged(title, observed.toLowerCase() === PRIMARY_HOST.toLowerCase(), {
        expected: PRIMARY_HOST,
        observed,
      });
}
