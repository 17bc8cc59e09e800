/** Retires a login role that a drill made, and removes the file with its password. */
import { dropRole } from "../postgres/drill-role.ts";
import type { Undoer } from "./action.ts";
import { tryLogin } from "./postgres/login.ts";
import { readSecret, removeSecret } from "./secrets/secret-file.ts";

export const roleUndoer: Undoer = {
  kind: "role",
  async undo(resource, { target, signal, secret }) {
    const { role = "", database = "", drill = "", file = "" } = resource.undo;
    const password = await readSecret(file);
    if (password.ok) secret(password.value);
    // Where a drill ended half-way, its record says which credentials worked until now.
    const worked = password.ok
      ? await tryLogin(target, { role, database, password: password.value })
      : password;
    const dropped = await dropRole(target, { role, database, drill }, signal);
    if (!dropped.ok) return dropped;
    const problem = await removeSecret(resource.undo);
    if (problem !== undefined) return { ok: false, problem };
    if (dropped.value === "absent") return { ok: true, how: "was gone already" };
    const until = worked.ok && worked.value === "let in" ? "; its login worked until then" : "";
    return { ok: true, how: `dropped${until}` };
  },
};
