/** Removes the files of a secret that a drill generated. */
import { rmdir } from "node:fs/promises";
import type { Undoer } from "./action.ts";
import { removeSecret } from "./secrets/secret-file.ts";

export const secretUndoer: Undoer = {
  kind: "secret",
  async undo({ undo }) {
    const problem = await removeSecret(undo);
    if (problem !== undefined) return { ok: false, problem };
    // Made for this one file; never one that holds anything else.
    if (undo.directory !== undefined) await rmdir(undo.directory).catch(() => {});
    const { publicFile: file, publicDigest: digest = "" } = undo;
    const other = file === undefined ? undefined : await removeSecret({ file, digest });
    return other === undefined ? { ok: true, how: "removed" } : { ok: false, problem: other };
  },
};
