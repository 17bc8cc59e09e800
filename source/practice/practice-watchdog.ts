/**
 * Entry file. Waits for its parent to end, however it ends (also kill -9), then stops the practice
 * server and removes its directory. The parent never writes more than `group <pid>` (a child to
 * kill) and `release` (all was done properly).
 */
import { createInterface } from "node:readline";
import { tearDown } from "./teardown.ts";

const directory = process.argv[2];
if (directory === undefined) process.exit(2);

// The terminal's own signals are for the parent; this one leaves when the parent has.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const groups = new Set<number>();
for await (const line of createInterface({ input: process.stdin })) {
  const [word, value] = line.split(" ");
  if (word === "release") process.exit(0);
  if (word === "group") groups.add(Number(value));
  if (word === "ended") groups.delete(Number(value));
}
for (const group of groups) killGroup(group);
await tearDown(directory);

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
