/** Signals to process groups. A group's id is its leader's pid. */
import { readdirSync, readFileSync } from "node:fs";

const POLL_MS = 25;
/** What cannot even be killed hangs in the kernel; waiting for ever would help nobody. */
const KILLED_WITHIN_MS = 10_000;

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** True while anything in the group lives; what only waits to be reaped does not. */
export function groupAlive(group: number): boolean {
  return signalGroup(group, 0) && (process.platform !== "linux" || hasLivingMember(group));
}

/** False when nothing is left to signal. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** SIGTERM, SIGKILL after the grace; resolves when all of the group is gone. */
export async function endGroup(group: number, graceSeconds: number): Promise<void> {
  if (!signalGroup(group, "SIGTERM")) return;
  if (await groupGone(group, graceSeconds * 1000)) return;
  signalGroup(group, "SIGKILL");
  await groupGone(group, KILLED_WITHIN_MS);
}

async function groupGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (groupAlive(group)) {
    if (performance.now() >= until) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** An orphan that init has not reaped yet still answers to signals. */
function hasLivingMember(group: number): boolean {
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state, , member] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return member === String(group) && state !== "Z" && state !== "X";
    } catch {
      return false;
    }
  });
}
