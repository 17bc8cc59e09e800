/** Drops a restore database that a drill still owes, from the recorded facts alone. */
import { dropDatabase } from "../postgres/drop-database.ts";
import type { Undoer } from "./action.ts";
import { dropRequestOf } from "./postgres/database-resource.ts";

export const databaseUndoer: Undoer = {
  kind: "database",
  async undo(resource, { target, signal, line }) {
    const request = dropRequestOf(resource);
    if (request === undefined) {
      return {
        ok: false,
        problem: {
          code: "failed",
          message: `The record of ${resource.label} does not name its database and drill.`,
          hint: "Look at the server's databases and drop it by hand if it is still there.",
        },
      };
    }
    const dropped = await dropDatabase(target, {
      ...request,
      signal,
      issuing: async (statement) => line("note", statement),
    });
    if (!dropped.ok) return dropped;
    return { ok: true, how: dropped.value === "dropped" ? "dropped" : "was gone already" };
  },
};
