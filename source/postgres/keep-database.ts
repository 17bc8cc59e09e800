/** Labels a restore database that stays after the drill, on purpose. */
import type { Target } from "../environment/target.ts";
import { fail, ok, type Result } from "../problem.ts";
import { readDatabaseFacts } from "./database-facts.ts";
import { commentStatement } from "./drop-database.ts";
import { showName } from "./identifiers.ts";
import { withMaintenance } from "./maintenance.ts";
import { composeMarker, verifyMarker } from "./marker.ts";

export interface KeepRequest {
  readonly database: string;
  readonly drill: string;
  readonly reason: string;
  readonly signal: AbortSignal;
  issuing(statement: string): Promise<void>;
}

/** The marker stays, so that a later drill may still offer to drop it. Gives the new comment. */
export async function labelKept(target: Target, request: KeepRequest): Promise<Result<string>> {
  const { database, drill, reason } = request;
  return withMaintenance(
    target,
    { purpose: "labelling", signal: request.signal },
    async (session) => {
      const facts = await readDatabaseFacts(session, database);
      if (!facts.ok) return facts;
      if (facts.value === undefined) {
        return fail({
          code: "failed",
          message: `Database ${showName(database)} was to be kept, but it does not exist any more.`,
          hint: "Find out who dropped it.",
        });
      }
      const primary = target.summary.database;
      const marker = verifyMarker(facts.value.comment, { database, primary, drill });
      if (!marker.ok) return marker;
      const comment = composeMarker({ ...marker.value, kept: reason });
      const statement = commentStatement(database, comment);
      await request.issuing(statement);
      const done = await session.query(statement);
      return done.ok ? ok(comment) : done;
    },
  );
}
