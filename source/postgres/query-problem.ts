/** Why a statement failed, for an operator. */
import { DatabaseError } from "pg";
import type { Problem } from "../problem.ts";
import { addressOf, type Connection } from "./connection.ts";
import { showName } from "./identifiers.ts";
import type { SessionOptions } from "./session.ts";
import { SHARED_MEMORY_HINT, SHORT_OF_SHARED_MEMORY } from "./shared-memory.ts";

export interface Asked {
  readonly connection: Connection;
  readonly options: SessionOptions;
}

/** `details.sqlstate` is the server's, or 08006 when the connection is gone. */
export function queryProblem(error: unknown, { connection, options }: Asked): Problem {
  if (!(error instanceof DatabaseError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      code: "unusable",
      message: `The connection to ${showName(options.database)} on ${addressOf(connection)} for ${options.purpose} was lost: ${reason}.`,
      hint: "Look at the server's log: it may have crashed, restarted, or been stopped.",
      details: { sqlstate: "08006" },
    };
  }
  const sqlstate = error.code ?? "";
  const hint = SHORT_OF_SHARED_MEMORY.test(error.message) ? SHARED_MEMORY_HINT : error.hint;
  // Never the detail or the context: they hold row values.
  return {
    code: sqlstate === "57014" ? "interrupted" : "failed",
    message: `The server refused a statement (${options.purpose} on ${showName(options.database)}): ${error.message} (${sqlstate}).`,
    ...(hint === undefined ? {} : { hint }),
    details: { sqlstate },
  };
}
