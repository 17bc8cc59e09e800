/** Waits for a condition, also outside of a test. */
import { setTimeout as pause } from "node:timers/promises";

const DEADLINE_MS = 90_000;
const INTERVAL_MS = 100;

/** Throws with `what` when `holds` is not true within 90 s; a refused connection is not yet. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  interval = INTERVAL_MS,
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let last: unknown = "it is not so";
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await pause(interval);
  }
  throw new Error(`Waited in vain for ${what}`, { cause: last });
}
