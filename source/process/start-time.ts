/** What tells one process from another of the same id: when it started, and in which boot. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A zombie: it has a process id, and holds nothing any more. */
export const ENDED = "ended";

/** In the platform's own form; `ENDED` for a zombie, undefined when it cannot be told. */
export async function startOf(pid: number): Promise<string | undefined> {
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

/** Changes with each start of the machine; empty where the platform does not tell. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch {
    return "";
  }
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
