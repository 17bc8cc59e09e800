/** Free bytes where backups go and where a server keeps its data. */
import { readFile, readlink, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { isLoopback, isSocket } from "../postgres/connection.ts";
import type { Session } from "../postgres/session.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { FreeSpace } from "./target.ts";

/** Of the directory, or of the nearest one above it that exists. */
export async function freeSpaceAt(directory: string): Promise<Result<FreeSpace>> {
  try {
    const existing = await nearestExisting(directory);
    const found = await statfs(existing);
    return ok({ bytes: found.bavail * found.bsize, place: directory });
  } catch {
    return fail({ code: "unusable", message: `The free space at ${directory} cannot be read.` });
  }
}

/** Only for a server on this very host whose data directory this user can look at. */
export async function serverFreeSpace(session: Session, host: string): Promise<Result<FreeSpace>> {
  if (!isSocket(host) && !isLoopback(host)) {
    return fail(unseen("the server runs on another host"));
  }
  // A tunnel or a published container port looks like this host; the backend's process tells.
  if (!(await isLocalBackend(session.processId))) {
    return fail(unseen("the server does not run on this host, or in a container"));
  }
  const directory = await dataDirectory(session);
  if (directory === undefined) return fail(unseen("its user may not ask for the data directory"));
  const seen = await stat(directory).catch(() => undefined);
  if (seen === undefined) return fail(unseen(`${directory} cannot be looked at from here`));
  return freeSpaceAt(directory);
}

/** The server tells it to few; the working directory of its processes is the same. */
async function dataDirectory(session: Session): Promise<string | undefined> {
  const shown = await session.query(
    "SELECT pg_catalog.current_setting('data_directory') AS directory",
  );
  if (shown.ok) return shown.value[0]?.directory ?? undefined;
  return readlink(`/proc/${session.processId}/cwd`).catch(() => undefined);
}

function unseen(reason: string): Problem {
  return {
    code: "unusable",
    message: `The free space of the server's disk is not known: ${reason}.`,
    hint: "Look at the server's disk before the restore.",
  };
}

async function isLocalBackend(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return title.startsWith("postgres");
}

async function nearestExisting(directory: string): Promise<string> {
  const there = await stat(directory).catch(() => undefined);
  const parent = dirname(directory);
  return there !== undefined || parent === directory ? directory : nearestExisting(parent);
}
