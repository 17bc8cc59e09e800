/** Tells a process from a later one that was given the same id. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Plain facts that outlive a crash of this tool. */
export interface ProcessFacts {
  readonly pid: string;
  /** When it started, in the platform's own form. */
  readonly started: string;
  /** Changes with each start of the machine; empty where the platform does not tell. */
  readonly boot: string;
}

/** undefined when there is no such process (any more). */
export async function processFacts(pid: number): Promise<ProcessFacts | undefined> {
  const [started, boot] = await Promise.all([startOf(pid), bootId()]);
  return started === undefined ? undefined : { pid: String(pid), started, boot };
}

/** True only when this very process still lives. */
export async function stillLives(facts: ProcessFacts): Promise<boolean> {
  const now = await processFacts(Number(facts.pid));
  return now !== undefined && now.started === facts.started && now.boot === facts.boot;
}

/** Pids of living processes that have this variable in their environment; Linux only. */
export async function carriersOf(name: string, value: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const carriers = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      const carries = environment.split("\0").includes(`${name}=${value}`);
      return carries && (await startFromProc(Number(pid))) !== undefined ? [Number(pid)] : [];
    }),
  );
  return carriers.flat();
}

function startOf(pid: number): Promise<string | undefined> {
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name, may hold spaces and parentheses: count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
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

async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch {
    return "";
  }
}
