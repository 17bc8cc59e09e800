/**
 * Which processes are ours. A pid alone proves nothing: it may have been given to another
 * process since. So a process counts as ours only by its start time in the same boot, or by a
 * token that only our children have in their environment.
 */
import { readdirSync, readFileSync } from "node:fs";
import { processes } from "../../process/run.ts";

/** Plain facts for the ledger. */
export type ProcessFacts = Readonly<Record<string, string>>;

/** In the environment of a background process and of all it starts. */
export const TOKEN_VARIABLE = "RESTORE_DRILL_PROCESS";

/** Empty when the process is gone already. */
export async function factsOf(pid: number): Promise<ProcessFacts> {
  const startTime = await startTimeOf(pid);
  return startTime === undefined ? {} : { pid: String(pid), startTime, boot: bootId() };
}

/** Pids that are ours now: the recorded leader's whole group, and all who carry the token. */
export async function ours(facts: ProcessFacts): Promise<readonly number[]> {
  const leader = await livingLeader(facts);
  if (process.platform !== "linux") return leader === undefined ? [] : [leader];
  return allProcesses()
    .filter(
      ({ pid, group, state }) =>
        state !== "Z" &&
        pid !== process.pid &&
        (group === leader || pid === leader || carriesToken(pid, facts.token)),
    )
    .map(({ pid }) => pid);
}

async function livingLeader(facts: ProcessFacts): Promise<number | undefined> {
  const pid = Number(facts.pid ?? Number.NaN);
  if (!Number.isInteger(pid) || pid <= 1 || facts.boot !== bootId()) return undefined;
  return (await startTimeOf(pid)) === facts.startTime ? pid : undefined;
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") return statOf(pid)?.startTime;
  const asked = await processes.run({ command: ["ps", "-o", "lstart=", "-p", String(pid)] });
  const answer = asked.ok ? asked.value.stdout.trim() : "";
  return answer === "" ? undefined : answer;
}

/** Start times count from boot, so they mean nothing in another one. */
function bootId(): string {
  return read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** proc_pid_stat(5). The name in parentheses may hold anything, so fields count after the last. */
function statOf(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields ?? [];
  const startTime = fields?.[19];
  if (state === undefined || group === undefined || startTime === undefined) return undefined;
  return { pid, state, group: Number(group), startTime };
}

function allProcesses(): readonly ProcessStat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

function carriesToken(pid: number, token: string | undefined): boolean {
  if (token === undefined || token === "") return false;
  const environment = read(`/proc/${pid}/environ`) ?? "";
  return environment.split("\0").includes(`${TOKEN_VARIABLE}=${token}`);
}

/** Undefined for a process that ended meanwhile, or is not ours to look at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
