/** Deletes what a drill made at a provider, from the recorded facts, if it carries its tag. */
import { z } from "zod";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { Undoer } from "./action.ts";
import { type AwsPlace, aws, awsInputs, awsShown, rdsName } from "./cloud/aws.ts";
import { isAwsCode } from "./cloud/aws-problem.ts";
import { DRILL_TAG, findInstance, findSnapshot, tagOf } from "./cloud/rds.ts";
import { watch } from "./cloud/watch.ts";

const facts = z.strictObject({
  ...awsInputs,
  what: z.enum(["rds-instance", "rds-snapshot"]),
  name: rdsName,
  drill: z.string().min(1),
});

type Facts = z.output<typeof facts>;

const GONE_WITHIN_SECONDS = 3600;

export const cloudUndoer: Undoer = {
  kind: "cloud",
  async undo(resource, { drill, signal, line }) {
    const parsed = facts.safeParse(resource.undo);
    if (!parsed.success || parsed.data.drill !== drill.id) {
      return { ok: false, problem: unreadable(resource.label) };
    }
    const done = await remove(parsed.data, { signal, line });
    return done.ok ? { ok: true, how: done.value } : done;
  },
};

type Io = Parameters<Undoer["undo"]>[1];

/** Asked for until it is taken: RDS refuses while an instance is still being made. */
function remove(recorded: Facts, io: Pick<Io, "signal" | "line">): Promise<Result<string>> {
  let asked = false;
  return watch<string>({
    what: `deleting ${recorded.name}`,
    withinSeconds: GONE_WITHIN_SECONDS,
    io,
    async look() {
      const found = await lookUp(recorded, io.signal);
      if (!found.ok) return found;
      if (found.value === undefined) return ok({ ready: asked ? "deleted" : "was gone already" });
      const { tag, status } = found.value;
      if (tag !== recorded.drill) return fail(somebodyElses(recorded, tag));
      if (asked || status === "deleting") {
        asked = true;
        return ok({ status });
      }
      const words = deleteWords(recorded);
      io.line("note", awsShown(recorded, words));
      const deleted = await aws(recorded, words, io.signal);
      asked = deleted.ok;
      if (deleted.ok || isPassing(deleted.problem)) return ok({ status });
      return deleted;
    },
  });
}

function isPassing(problem: Problem): boolean {
  return isAwsCode(
    problem,
    ...["InvalidDBInstanceState", "InvalidDBSnapshotState", "DBInstanceNotFound"],
    "DBSnapshotNotFound",
  );
}

interface Found {
  readonly tag: string | undefined;
  readonly status: string;
}

async function lookUp(
  { what, name, ...place }: Facts & AwsPlace,
  signal: AbortSignal,
): Promise<Result<Found | undefined>> {
  if (what === "rds-instance") {
    const found = await findInstance(place, name, signal);
    if (!found.ok) return found;
    if (found.value === undefined) return ok(undefined);
    return ok({ tag: tagOf(found.value), status: found.value.DBInstanceStatus });
  }
  const found = await findSnapshot(place, name, signal);
  if (!found.ok) return found;
  if (found.value === undefined) return ok(undefined);
  return ok({ tag: tagOf(found.value), status: found.value.Status });
}

function deleteWords({ what, name }: Facts): readonly string[] {
  return what === "rds-instance"
    ? [
        ...["rds", "delete-db-instance", "--db-instance-identifier", name],
        ...["--skip-final-snapshot", "--delete-automated-backups"],
      ]
    : ["rds", "delete-db-snapshot", "--db-snapshot-identifier", name];
}

function somebodyElses({ name, drill }: Facts, tag: string | undefined): Problem {
  return {
    code: "refused",
    message: `${name} is not deleted: its tag ${DRILL_TAG} is ${tag === undefined ? "not there" : JSON.stringify(tag)}, not ${JSON.stringify(drill)}.`,
    hint: "Find out whose it is. If it is this drill's, delete it by hand; then keep it in the ledger with that reason.",
  };
}

function unreadable(label: string): Problem {
  return {
    code: "failed",
    message: `The record of ${label} does not say what it is and whose.`,
    hint: "Look for it in the provider's console and delete it by hand if it is still there.",
  };
}
