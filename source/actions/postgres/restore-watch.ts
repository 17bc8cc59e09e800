/** Progress of a restore by the size of its database. */
import { withMaintenance } from "../../postgres/maintenance.ts";
import { numberOf } from "../../postgres/with-session.ts";
import { ok } from "../../problem.ts";
import { delay } from "../../process/group.ts";
import type { ActionContext } from "../action.ts";

export interface SizeWatch {
  /** The target tells progress itself: say no more. */
  yieldTo(): void;
  stop(): Promise<void>;
}

const INTERVAL_MS = 1000;
const STEP_MS = 100;

/** `total`: bytes of the primary, which a fresh restore comes close to from below. */
export function watchSize(
  context: ActionContext,
  { database, total }: { readonly database: string; readonly total: number },
): SizeWatch {
  let over = false;
  const running = withMaintenance(
    context.target,
    { purpose: "watching the restore", signal: context.signal },
    async (session) => {
      while (!over && !context.signal.aborted) {
        const rows = await session.query("SELECT pg_catalog.pg_database_size($1)::text AS bytes", [
          database,
        ]);
        if (!rows.ok) return rows;
        const [row] = rows.value;
        if (row !== undefined && !over) {
          context.progress("Restoring", numberOf(row, "bytes"), total, "bytes");
        }
        for (let waited = 0; waited < INTERVAL_MS && !over; waited += STEP_MS) await delay(STEP_MS);
      }
      return ok(undefined);
    },
  );
  return {
    yieldTo() {
      over = true;
    },
    async stop() {
      over = true;
      // Progress that cannot be read is no failure of the restore.
      await running;
    },
  };
}
