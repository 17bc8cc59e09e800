/**
 * Takes a lock in a process of its own. `once`: says `held` or why not, and then waits to be
 * ended. `often`: takes and gives it back many times, and fails if it was ever not alone.
 */
import { open, unlink } from "node:fs/promises";
import { acquireLock } from "../../source/journal/lock.ts";

const [mode = "", path = "", name = ""] = process.argv.slice(2);

async function once(): Promise<void> {
  const lock = await acquireLock({ path, what: "It", operator: name });
  console.log(lock.ok ? "held" : lock.problem.message);
  setInterval(() => undefined, 60_000);
}

async function often(): Promise<void> {
  for (let turn = 0; turn < 15; turn++) {
    const lock = await acquireLock({ path, what: "It", operator: name, waitMs: 50_000 });
    if (!lock.ok) {
      throw new Error(lock.problem.message);
    }
    const alone = await open(`${path}.inside`, "wx");
    await alone.close();
    await unlink(`${path}.inside`);
    await lock.value.release();
  }
  console.log("alone every time");
}

await (mode === "once" ? once() : often());
