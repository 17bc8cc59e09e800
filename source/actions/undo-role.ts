/** Retires a login role that a drill made, and removes the file with its password. */
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { display } from "../postgres/display.ts";
import { dropRole } from "../postgres/drill-role.ts";
import { errorCode, reasonOf } from "../postgres/file-errors.ts";
import type { Problem } from "../problem.ts";
import type { Undoer } from "./action.ts";

export const roleUndoer: Undoer = {
  kind: "role",
  async undo(resource, { target, signal }) {
    const { role = "", database = "", drill = "", file = "", digest = "" } = resource.undo;
    const dropped = await dropRole(target, { role, database, drill }, signal);
    if (!dropped.ok) return dropped;
    const problem = await removeSecret(file, digest);
    if (problem !== undefined) return { ok: false, problem };
    return { ok: true, how: dropped.value === "dropped" ? "dropped" : "was gone already" };
  },
};

/** A file that no longer holds what the drill wrote is somebody else's, and stays. */
async function removeSecret(file: string, digest: string): Promise<Problem | undefined> {
  try {
    const text = await readFile(file, "utf8");
    if (digestOf(text) === digest) await rm(file);
    return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return {
      code: "failed",
      message: `The password file ${display(file)} could not be removed: ${reasonOf(error)}.`,
      hint: "Remove it by hand, then retry the cleanup.",
    };
  }
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
