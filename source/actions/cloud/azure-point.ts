import { z } from "zod";
import { ok } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { pause } from "../process/wait-ready.ts";
import { azShown, azureInputs, azureName } from "./azure.ts";
import { type AzureBackup, backupsOf, listBackups } from "./azure-server.ts";
import { pointInTime } from "./recovery-point.ts";
import { watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...azureInputs,
  server: azureName.describe("Name of the source server."),
  since: pointInTime.describe("The point lies right after this: the time of the first manifest."),
  within: withinInput("30m"),
});

type Input = z.output<typeof inputs>;

/** A change that was committed while the first reading began lies before it, too. */
const LATER_MS = 1_000;

export const azurePointAction = defineAction({
  name: "azure/point",
  about:
    "Waits until the Azure flexible server has a complete backup to start from, and chooses the point in time to restore: right after the first manifest.",
  inputs,
  outputs: { RESTORE_TIME: "The point to restore, by the clock of the source's server." },
  plan: (input) => [azShown(input, listBackups(input, input.server))],
  run: choose,
});

async function choose(input: Input, context: ActionContext): Promise<ActionResult> {
  await context.command(azShown(input, listBackups(input, input.server)));
  const point = Date.parse(input.since) + LATER_MS;
  const found = await watch<AzureBackup>({
    what: `backup of ${input.server}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const backups = await backupsOf(input, input.server, context.signal);
      if (!backups.ok) return backups;
      const [latest] = backups.value
        .filter(({ completedTime }) => Date.parse(completedTime ?? "") <= point)
        .toSorted((a, b) => completed(b) - completed(a));
      return ok(latest === undefined ? { status: "none is complete yet" } : { ready: latest });
    },
  });
  if (!found.ok) return stopped(found.problem);
  // The second manifest must come after the point.
  await pause(Math.max(0, point - Date.now()), context.signal);
  const at = new Date(point).toISOString();
  const { name, completedTime } = found.value;
  return {
    ok: true,
    checks: [
      passed("Point to restore", at),
      info("From", `backup ${name}, complete since ${completedTime}, and the log since then`),
    ],
    values: { RESTORE_TIME: at },
  };
}

function completed({ completedTime }: AzureBackup): number {
  return Date.parse(completedTime ?? "");
}
