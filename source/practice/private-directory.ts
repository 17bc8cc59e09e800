/** Where a practice environment lives: a directory of its own that its server's user can reach. */
import { chmodSync, mkdtempSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { giveTo, type RunAs } from "./run-as.ts";
import { DIRECTORY_PREFIX } from "./teardown.ts";

/** Throws what the file system says. */
export function makePrivateDirectory(user: RunAs): string {
  const directory = mkdtempSync(join(temporaryDirectory(user), DIRECTORY_PREFIX));
  chmodSync(directory, 0o700);
  giveTo(directory, user);
  return directory;
}

/** Root's own temporary directory may be closed to the user that has to run the server. */
function temporaryDirectory(user: RunAs): string {
  const preferred = realpathSync(tmpdir());
  const candidates = [preferred, "/tmp", "/var/tmp"];
  return candidates.find((one) => isReachable(one, user)) ?? preferred;
}

function isReachable(path: string, user: RunAs): boolean {
  if (user.uid === undefined) return true;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const needed = found.uid === user.uid ? 0o100 : 0o001;
  const open = (found.mode & needed) !== 0;
  return open && (path === dirname(path) || isReachable(dirname(path), user));
}
