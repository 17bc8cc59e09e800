/** Deletes what a drill made at a provider, from the recorded facts, if it carries its tag. */
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { Undoer } from "./action.ts";
import { azureFacts, azureRemoval } from "./cloud/azure-removal.ts";
import { cloudSqlFacts, cloudSqlRemoval } from "./cloud/cloudsql-removal.ts";
import { DRILL_TAG } from "./cloud/drill-tag.ts";
import { rdsFacts, rdsRemoval } from "./cloud/rds-removal.ts";
import { type Found, nextCall, type Removal } from "./cloud/removal.ts";
import { watch } from "./cloud/watch.ts";

const GONE_WITHIN_SECONDS = 3600;

export const cloudUndoer: Undoer = {
  kind: "cloud",
  async undo(resource, { drill, signal, line }) {
    const recorded = removalOf(resource.undo);
    if (recorded === undefined || recorded.drill !== drill.id) {
      return { ok: false, problem: unreadable(resource.label) };
    }
    const done = await remove(recorded, { signal, line });
    return done.ok ? { ok: true, how: done.value } : done;
  },
};

function removalOf(undo: unknown): Removal | undefined {
  const rds = rdsFacts.safeParse(undo);
  if (rds.success) return rdsRemoval(rds.data);
  const cloudSql = cloudSqlFacts.safeParse(undo);
  if (cloudSql.success) return cloudSqlRemoval(cloudSql.data);
  const azure = azureFacts.safeParse(undo);
  return azure.success ? azureRemoval(azure.data) : undefined;
}

type Io = Parameters<Undoer["undo"]>[1];

/** Asked for until it is taken: providers refuse while a thing is still being made. */
function remove(recorded: Removal, io: Pick<Io, "signal" | "line">): Promise<Result<string>> {
  let asked = false;
  return watch<string>({
    what: `deleting ${recorded.name}`,
    withinSeconds: GONE_WITHIN_SECONDS,
    io,
    async look() {
      const found = await recorded.find(io.signal);
      if (!found.ok) return found;
      if (found.value === undefined) return ok({ ready: asked ? "deleted" : "was gone already" });
      const { tag, status, deleting } = found.value;
      if (tag !== recorded.drill) return fail(somebodyElses(recorded, tag));
      if (asked || deleting) {
        asked = true;
        return ok({ status });
      }
      const next = await ask(recorded, found.value, io);
      asked = next.ok && next.value;
      return next.ok ? ok({ status }) : next;
    },
  });
}

/** Whether the deletion was taken. */
async function ask(
  recorded: Removal,
  found: Found,
  { line, signal }: Pick<Io, "signal" | "line">,
): Promise<Result<boolean>> {
  const next = nextCall(recorded, found);
  line("note", next.shown);
  const done = await next.run(signal);
  if (done.ok) return ok(next !== found.claim);
  return recorded.isPassing(done.problem) ? ok(false) : done;
}

function somebodyElses({ name, drill }: Removal, tag: string | undefined): Problem {
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
