/** PostgreSQL refuses to run as root, so root runs it as somebody without rights. */
import { chownSync, readFileSync } from "node:fs";
import { fail, ok, type Result } from "../problem.ts";

/** Empty when the current user will do. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

const CANDIDATES = ["nobody", "postgres", "daemon"] as const;

export function chooseUser(userFile = "/etc/passwd"): Result<RunAs> {
  if (process.getuid?.() !== 0) return ok({});
  const users = readUsers(userFile);
  for (const name of CANDIDATES) {
    const user = users.get(name);
    if (user !== undefined) return ok(user);
  }
  return fail({
    code: "unusable",
    message: `PostgreSQL refuses to run as root, and ${userFile} has none of the users ${CANDIDATES.join(", ")}.`,
    hint: "Run restore-drill as an ordinary user.",
  });
}

function readUsers(file: string): Map<string, RunAs> {
  const users = new Map<string, RunAs>();
  for (const line of textOf(file).split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || uid === undefined || gid === undefined) continue;
    if (Number(uid) !== 0 && Number.isInteger(Number(uid))) {
      users.set(name, { uid: Number(uid), gid: Number(gid) });
    }
  }
  return users;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

export function giveTo(path: string, user: RunAs): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
}
