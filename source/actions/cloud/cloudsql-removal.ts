/** How a Cloud SQL instance or backup of a drill is found again and deleted. */
import { z } from "zod";
import { ok, type Result } from "../../problem.ts";
import { backupsOf, drillOf, findInstance, isHopeless, labelOf } from "./cloudsql.ts";
import { claimWords, isOwnClone } from "./cloudsql-claim.ts";
import { cloudSqlName, gcloud, gcloudShown, gcpInputs } from "./gcloud.ts";
import { isHttp } from "./gcloud-problem.ts";
import type { Found, Removal } from "./removal.ts";

export const cloudSqlFacts = z.strictObject({
  ...gcpInputs,
  what: z.enum(["cloudsql-instance", "cloudsql-backup"]),
  /** Of a backup: the instance that it is of. It has no id before it is there. */
  name: cloudSqlName,
  drill: z.string().min(1),
  /** When it was asked for, of a clone that has no label yet. */
  cloned: z.iso.datetime().optional(),
});

type Facts = z.output<typeof cloudSqlFacts>;

export function cloudSqlRemoval(recorded: Facts): Removal {
  const isInstance = recorded.what === "cloudsql-instance";
  const words = ({ id = "" }: Found) =>
    isInstance
      ? ["sql", "instances", "delete", recorded.name, "--async"]
      : ["sql", "backups", "delete", id, `--instance=${recorded.name}`, "--async"];
  return {
    name: isInstance ? recorded.name : `the drill's backup of ${recorded.name}`,
    drill: recorded.drill,
    find: (signal) => (isInstance ? instance(recorded, signal) : backup(recorded, signal)),
    shown: (found) => gcloudShown(recorded, words(found)),
    remove: (found, signal) => gcloud(recorded, words(found), signal),
    // Cloud SQL does one thing at a time to an instance, and refuses another meanwhile.
    isPassing: (problem) => isHttp(problem, "409") || isHttp(problem, "404"),
  };
}

async function instance(recorded: Facts, signal: AbortSignal): Promise<Result<Found | undefined>> {
  const found = await findInstance(recorded, recorded.name, signal);
  if (!found.ok) return found;
  if (found.value === undefined) return ok(undefined);
  const { state } = found.value;
  const seen = { status: state, deleting: state === "PENDING_DELETE" };
  const { drill } = recorded;
  if (!isOwnClone(found.value, recorded.cloned)) return ok({ ...seen, tag: labelOf(found.value) });
  if (isHopeless(state)) return ok({ ...seen, tag: drill });
  const words = claimWords(found.value, drill);
  const run = (until: AbortSignal) => gcloud(recorded, words, until);
  return ok({ ...seen, tag: drill, claim: { shown: gcloudShown(recorded, words), run } });
}

/** Only what its description names as the drill's; all other backups are not looked at. */
async function backup(recorded: Facts, signal: AbortSignal): Promise<Result<Found | undefined>> {
  const found = await backupsOf(recorded, recorded.name, signal);
  if (!found.ok) return found;
  const ours = found.value.find(
    (one) => drillOf(one) === recorded.drill && one.status !== "DELETED",
  );
  if (ours === undefined) return ok(undefined);
  const { id, status } = ours;
  return ok({ id, tag: drillOf(ours), status, deleting: /^DELET/u.test(status) });
}
