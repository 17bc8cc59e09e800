/**
 * Which processes are ours. A pid alone proves nothing: it may have been given to another
 * process since. So a process counts as ours only by its start time in the same boot, or by a
 * token that only our children have in their environment.
 */
import { readdirSync, readFileSync } from "node:fs";
import { stillLives } from "../../process/identity.ts";

/** In the environment of a background process and of all it starts. */
export const TOKEN_VARIABLE = "RESTORE_DRILL_PROCESS";

/** Pids that are ours now: the recorded leader's whole group, and all who carry the token. */
export async function ours(facts: Readonly<Record<string, string>>): Promise<readonly number[]> {
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

async function livingLeader({
  pid = "",
  started = "",
  boot = "",
}: Readonly<Record<string, string>>): Promise<number | undefined> {
  if (!/^[1-9]\d*$/u.test(pid) || pid === "1" || started === "") return undefined;
  return (await stillLives({ pid, started, boot })) ? Number(pid) : undefined;
}

interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
}

/** proc_pid_stat(5). The name in parentheses may hold anything, so fields count after the last. */
function statOf(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  const [state, , group] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  if (state === undefined || group === undefined) return undefined;
  return { pid, state, group: Number(group) };
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
