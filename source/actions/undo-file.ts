/** Removes a backup that was never finished: one without a manifest, where backups go. */
import { lstat, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { claimantOf, claimPath } from "../postgres/backup-name.ts";
import { display } from "../postgres/display.ts";
import { errorCode, reasonOf } from "../postgres/file-errors.ts";
import { manifestPath } from "../postgres/manifest-file.ts";
import type { Problem } from "../problem.ts";
import type { Undoer } from "./action.ts";

export const fileUndoer: Undoer = {
  kind: "file",
  async undo(resource, { target }) {
    const path = resource.undo.path ?? "";
    const inPlace =
      dirname(path) === target.backupDirectory && /^\w[\w.-]*\d{8}_\d{6}/u.test(basename(path));
    if (!inPlace) return { ok: false, problem: elsewhere(path) };
    try {
      const claimant = await claimantOf(path);
      const finished = await exists(manifestPath(path));
      if (finished) {
        if (claimant === resource.undo.drill) await rm(claimPath(path), { force: true });
        return { ok: true, how: "finished after all, and stays" };
      }
      // Without this drill's claim, a file of that name is somebody else's.
      if (claimant !== resource.undo.drill) return { ok: true, how: "was gone already" };
      const there = await exists(path);
      await rm(path, { recursive: true, force: true });
      await rm(`${manifestPath(path)}.partial`, { force: true });
      await rm(claimPath(path), { force: true });
      return { ok: true, how: there ? "removed" : "was gone already" };
    } catch (error) {
      return { ok: false, problem: notRemoved(path, error) };
    }
  },
};

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

function elsewhere(path: string): Problem {
  return {
    code: "refused",
    message: `${display(path)} is not an unfinished backup of this environment, so it is not removed.`,
    hint: "Look at it, and remove it by hand if it is one.",
  };
}

function notRemoved(path: string, error: unknown): Problem {
  return {
    code: "failed",
    message: `The unfinished backup ${display(path)} could not be removed: ${reasonOf(error)}.`,
    hint: "Remove it by hand, then retry the cleanup.",
  };
}
