import { z } from "zod";
import { formatDuration } from "../../drill/units.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped } from "../outcome.ts";
import { az, azShown, azureInputs, azureName, restWords, serverPath } from "./azure.ts";
import { isAzure } from "./azure-problem.ts";
import { type AzureServer, azureTag, findServer, sourceServer } from "./azure-server.ts";
import { DRILL_TAG } from "./drill-tag.ts";
import { owedResource } from "./ledger.ts";
import { objectiveInput, pointInTime, recoveryPoint, tooFarBehind } from "./recovery-point.ts";
import { watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...azureInputs,
  source: azureName.describe("Name of the source server; never restored into."),
  time: pointInTime.describe("The point in time to restore."),
  objective: objectiveInput,
  within: withinInput("30m"),
});

type Input = z.output<typeof inputs>;

export const azureRestoreAction = defineAction({
  name: "azure/restore",
  about:
    "Asks for a new Azure flexible server that carries this drill's tag, restored to a point in time of the source and in its network, and measures how old a point must be to be restored (the recovery point). The source stays as it is.",
  inputs,
  outputs: {
    SERVER_NAME: "Name of the new server.",
    RESTORE_STARTED: "When the new server was asked for.",
  },
  plan: (input) => [azShown(input, restoreWords(input, "DRILL_ID"))],
  run: restore,
});

function nameOf(drill: string): string {
  return `${drill}-restored`;
}

function restoreWords(input: Input, drill: string, source?: AzureServer): readonly string[] {
  const { delegatedSubnetResourceId, privateDnsZoneArmResourceId } = source?.network ?? {};
  const network = {
    ...(delegatedSubnetResourceId ? { delegatedSubnetResourceId } : {}),
    ...(privateDnsZoneArmResourceId ? { privateDnsZoneArmResourceId } : {}),
  };
  const body = {
    location: source?.location ?? "LOCATION_OF_SOURCE",
    tags: { [DRILL_TAG]: drill },
    properties: {
      createMode: "PointInTimeRestore",
      sourceServerResourceId: source?.id ?? serverPath(input, input.source),
      pointInTimeUTC: input.time,
      ...(Object.keys(network).length === 0 ? {} : { network }),
    },
  };
  return restWords("put", { place: input, name: nameOf(drill), body });
}

async function restore(input: Input, context: ActionContext): Promise<ActionResult> {
  const drill = context.drill.id;
  const name = nameOf(drill);
  if (name === input.source) return stopped(notInto(`${name} is the source itself`));
  const startedAt = new Date().toISOString();
  const made = await make(input, name, context);
  if (!made.ok) return stopped(made.problem);
  const lost = Math.max(0, (Date.now() - Date.parse(input.time)) / 1000);
  // The provider tells no latest point: what it takes now is how far it is behind at most.
  const point = recoveryPoint({
    seconds: lost,
    objective: input.objective,
    observed: `a point ${formatDuration(lost)} ago can be restored; at most that would be lost`,
  });
  const checks = [
    passed("Being restored", `into ${name}, tagged with ${drill}`),
    info("From", `${input.source} as it was at ${input.time}`),
    point,
  ];
  if (point.status === "failed") {
    const hint =
      "Look at the server's load and backups; the drill deletes the new server at its end.";
    return stopped(tooFarBehind(`Up to ${formatDuration(lost)}`, input.objective, hint), checks);
  }
  return { ok: true, checks, values: { SERVER_NAME: name, RESTORE_STARTED: startedAt } };
}

async function make(input: Input, name: string, context: ActionContext): Promise<Result<null>> {
  const { drill, signal } = context;
  const source = await sourceServer(input, input.source, signal);
  if (!source.ok) return source;
  const there = await findServer(input, name, signal);
  if (!there.ok) return there;
  if (there.value !== undefined) {
    // An earlier attempt of this step may have made it.
    const ours = azureTag(there.value) === drill.id;
    return ours ? ok(null) : fail(notInto(`${name} does not carry this drill's tag`));
  }
  const words = restoreWords(input, drill.id, source.value);
  const { subscription, group } = input;
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(
    owedResource(
      { what: "azure-server", name, drill: drill.id },
      { subscription, group, asked: new Date().toISOString() },
    ),
  );
  await context.command(azShown(input, words));
  return watch<null>({
    what: `point in time ${input.time}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const asked = await az(input, words, signal);
      if (asked.ok) return ok({ ready: null });
      // The log up to that point is not archived yet.
      return isAzure(asked.problem, "too-early") ? ok({ status: asked.problem.message }) : asked;
    },
  });
}

function notInto(why: string): Problem {
  return {
    code: "refused",
    message: `${why}; nothing is restored into it.`,
    hint: "Find out whose it is; it was not touched.",
  };
}
