/** Stops a practice server and removes its directory; used by its owner and by its watchdog. */
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Directories are named with it, and nothing else is ever removed. */
export const DIRECTORY_PREFIX = "restore-drill-practice-";

const POLL_MS = 20;
/** There is nothing to flush, so a server that takes longer hangs. */
const FAST_MS = 3_000;
const IMMEDIATE_MS = 1_000;

/** Safe to call for a directory or server that is gone. */
export async function tearDown(directory: string): Promise<void> {
  if (!basename(directory).startsWith(DIRECTORY_PREFIX)) {
    throw new Error(`${directory} is no practice directory`);
  }
  await stopServer(join(directory, "data"));
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Fast, then immediate, then killed. */
export async function stopServer(data: string): Promise<void> {
  const pid = serverPid(data);
  if (pid === undefined) return;
  if (send(pid, "SIGINT") && (await isGone(pid, FAST_MS))) return;
  if (send(pid, "SIGQUIT") && (await isGone(pid, IMMEDIATE_MS))) return;
  if (send(pid, "SIGKILL")) await isGone(pid, IMMEDIATE_MS);
}

/** The process that runs on this data directory, never one that only got its number later. */
function serverPid(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    return process.platform !== "linux" || worksIn(pid, data) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function worksIn(pid: number, directory: string): boolean {
  return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    await pause(POLL_MS);
  }
  return false;
}

/** A zombie, whose parent has yet to collect it, counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
