/**
 * Who a process is, so that a process id that was handed out again is not mistaken for it: the
 * id, when it started, and the boot it belongs to.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

export interface ProcessIdentity {
  readonly host: string;
  /** Changes with each start of the machine; empty where the platform does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the platform's own form; empty when it cannot be told. */
  readonly started: string;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  const [boot, started] = await Promise.all([bootId(), startOf(process.pid)]);
  return { host: hostname(), boot, pid: process.pid, started: started ?? "" };
}

/** `elsewhere`: on another host, where nothing can be found out from here. */
export async function lifeOf(
  other: ProcessIdentity,
  here: ProcessIdentity,
): Promise<"alive" | "dead" | "elsewhere"> {
  if (other.host !== here.host) {
    return "elsewhere";
  }
  if (other.boot !== here.boot || !processExists(other.pid)) {
    return "dead";
  }
  const started = await startOf(other.pid);
  if (started === ENDED) {
    return "dead";
  }
  // Unknown start: better to refuse a lock for nothing than to share it.
  return started === undefined || other.started === "" || started === other.started
    ? "alive"
    : "dead";
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch {
    return "";
  }
}

/** A zombie: it has a process id, and holds nothing any more. */
const ENDED = "ended";

/** undefined when it cannot be told. */
async function startOf(pid: number): Promise<string | undefined> {
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name, may hold spaces and parentheses: count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ENDED : fields[19];
  } catch {
    return undefined;
  }
}

async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]);
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
