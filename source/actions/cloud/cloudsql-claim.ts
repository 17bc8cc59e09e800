import { z } from "zod";
import type { Resource } from "../../drill/types.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { type CloudSqlInstance, existingInstance, labelOf } from "./cloudsql.ts";
import { DRILL_TAG } from "./drill-tag.ts";
import { cloudSqlName, type GcpPlace, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { isHttp } from "./gcloud-problem.ts";
import { cloudSqlResourceId, owedResource } from "./ledger.ts";
import { type Look, watch, withinInput } from "./watch.ts";

const inputs = z.strictObject({
  ...gcpInputs,
  instance: cloudSqlName.describe("Name of the clone."),
  within: withinInput("30m"),
});

type Input = z.output<typeof inputs>;

export const cloudSqlClaimAction = defineAction({
  name: "cloudsql/claim",
  about:
    "Gives the clone that this drill asked for the drill's label, and takes from it what would keep it, or its backups, from being deleted.",
  inputs,
  outputs: {},
  plan: (input) => [
    `${gcloudShown(input, patchWords(input.instance, "DRILL_ID"))}  -- and, where the source has them, without deletion protection and retained backups`,
  ],
  run: claim,
});

/** Labels are in the beta commands only. */
function patchWords(name: string, drill: string): readonly string[] {
  return [
    ...["beta", "sql", "instances", "patch", name],
    ...[`--update-labels=${DRILL_TAG}=${drill}`, "--async"],
  ];
}

/** A clone takes over the source's settings, also those that would let it outlive the drill. */
export function claimWords({ name, settings }: CloudSqlInstance, drill: string): readonly string[] {
  return [
    ...patchWords(name, drill),
    ...(settings.deletionProtectionEnabled ? ["--no-deletion-protection"] : []),
    ...(settings.retainBackupsOnDelete ? ["--no-retain-backups-on-delete"] : []),
  ];
}

/** Between this host's clock and the provider's. */
const CLOCKS_APART_MS = 5 * 60_000;

/**
 * Without a label, what is known is this: the project had no instance of this drill's name right
 * before the drill asked for the clone, and this one was made since.
 */
export function isOwnClone(instance: CloudSqlInstance, asked: string | undefined): boolean {
  if (asked === undefined || labelOf(instance) !== undefined) return false;
  return Date.parse(instance.createTime) >= Date.parse(asked) - CLOCKS_APART_MS;
}

/** When the drill asked for the clone of that name; undefined when it did not, or has labelled it. */
export function clonedAt(name: string, resources: readonly Resource[]): string | undefined {
  return resources.find(({ id }) => id === cloudSqlResourceId(name))?.undo.cloned;
}

async function claim(input: Input, context: ActionContext): Promise<ActionResult> {
  const { instance: name, project } = input;
  const drill = context.drill.id;
  const claimed = await watch<null>({
    what: `label of ${name}`,
    withinSeconds: input.within,
    io: context,
    async look() {
      const found = await existingInstance(input, name, context.signal);
      return found.ok ? labelled(found.value, input, context) : found;
    },
  });
  if (!claimed.ok) return stopped(claimed.problem);
  // From now on the label alone tells whose it is.
  await context.register(owedResource({ what: "cloudsql-instance", name, drill }, { project }));
  return { ok: true, checks: [passed("Label", `${DRILL_TAG}=${drill} on ${name}`)] };
}

async function labelled(
  instance: CloudSqlInstance,
  place: GcpPlace,
  context: ActionContext,
): Promise<Result<Look<null>>> {
  const { name, state } = instance;
  const drill = context.drill.id;
  if (labelOf(instance) === drill) {
    return ok(state === "RUNNABLE" ? { ready: null } : { status: state });
  }
  if (!isOwnClone(instance, clonedAt(name, context.resources))) return fail(notOurs(name));
  const words = claimWords(instance, drill);
  await context.command(gcloudShown(place, words));
  const asked = await gcloud(place, words, context.signal);
  // Cloud SQL does one thing at a time to an instance, and refuses another meanwhile.
  return asked.ok || isHttp(asked.problem, "409") ? ok({ status: "being set" }) : asked;
}

function notOurs(name: string): Problem {
  return {
    code: "refused",
    message: `Instance ${name} is not the clone that this drill asked for; it gets no label.`,
    hint: "Find out whose it is; it was not touched.",
  };
}
