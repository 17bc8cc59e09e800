/** How an Azure flexible server of a drill is found again and deleted. */
import { z } from "zod";
import { ok } from "../../problem.ts";
import { pause } from "../process/wait-ready.ts";
import { az, azShown, azureInputs, azureName, restWords } from "./azure.ts";
import { isAzure } from "./azure-problem.ts";
import { azureTag, findServer } from "./azure-server.ts";
import type { Removal } from "./removal.ts";

export const azureFacts = z.strictObject({
  ...azureInputs,
  what: z.literal("azure-server"),
  name: azureName,
  drill: z.string().min(1),
  /** When it was asked for. */
  asked: z.iso.datetime(),
});

/** A server that was just asked for may not be listed yet: that is not to be held for gone. */
const LISTED_WITHIN_MS = 60_000;
const PAUSE_MS = 3_000;

export function azureRemoval(recorded: z.output<typeof azureFacts>): Removal {
  const { name, drill } = recorded;
  const words = restWords("delete", { place: recorded, name });
  const listedBy = Date.parse(recorded.asked) + LISTED_WITHIN_MS;
  let seen = false;
  return {
    name,
    drill,
    async find(signal) {
      let found = await findServer(recorded, name, signal);
      while (found.ok && found.value === undefined && !seen && Date.now() < listedBy) {
        await pause(PAUSE_MS, signal);
        found = await findServer(recorded, name, signal);
      }
      if (!found.ok) return found;
      if (found.value === undefined) return ok(undefined);
      seen = true;
      const status = found.value.state ?? "";
      return ok({ tag: azureTag(found.value), status, deleting: status === "Dropping" });
    },
    shown: () => azShown(recorded, words),
    remove: (_found, signal) => az(recorded, words, signal),
    // Azure refuses to delete a server while it is still being made.
    isPassing: (problem) => isAzure(problem, "busy") || isAzure(problem, "absent"),
  };
}
