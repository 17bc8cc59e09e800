/**
 * Who a process is, so that a process id that was handed out again is not mistaken for it: the
 * id, when it started, and the boot it belongs to.
 */
import { hostname } from "node:os";
import { bootId, ENDED, startOf } from "../process/start-time.ts";

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
