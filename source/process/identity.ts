/** Tells a process from a later one that was given the same id. */
import { readdir, readFile } from "node:fs/promises";
import { bootId, ENDED, startOf } from "./start-time.ts";

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
  return started === undefined || started === ENDED
    ? undefined
    : { pid: String(pid), started, boot };
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
      return carries && (await processFacts(Number(pid))) !== undefined ? [Number(pid)] : [];
    }),
  );
  return carriers.flat();
}
