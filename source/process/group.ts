/** Signals to process groups. A group's id is its leader's pid. */

const POLL_MS = 20;

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** True while anything in the group lives (or may live: not ours to signal). */
export function groupAlive(group: number): boolean {
  return signalGroup(group, 0);
}

/** False when nothing is left to signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
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
  // What cannot even be killed hangs in the kernel; waiting for ever would help nobody.
  await groupGone(group, 10_000);
}

async function groupGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (groupAlive(group)) {
    if (performance.now() >= until) return false;
    await delay(POLL_MS);
  }
  return true;
}
