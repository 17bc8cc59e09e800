/** The parent's end of the watchdog: as long as this process lives, so does the pipe. */
import { spawn } from "node:child_process";
import { entryPoint } from "./entry-points.ts";

export interface Watchdog {
  /** False when it could not start or ended early: nobody would clean up. */
  isWatching(): boolean;
  /** A process group to kill, should this process end before `ended`. */
  watch(group: number): void;
  ended(group: number): void;
  /** Everything was cleaned up; the watchdog leaves. */
  release(): void;
}

export function startWatchdog(directory: string): Watchdog {
  const child = spawn(process.execPath, [entryPoint("practice-watchdog"), directory], {
    // Out of the directory it removes, and of any that its owner may want to unmount.
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  let watching = child.pid !== undefined;
  child.on("error", () => {
    watching = false;
  });
  child.on("exit", () => {
    watching = false;
  });
  child.stdin.on("error", () => {});
  child.unref();
  const tell = (text: string): void => {
    child.stdin.write(`${text}\n`);
  };
  return {
    isWatching: () => watching,
    watch: (group) => tell(`group ${group}`),
    ended: (group) => tell(`ended ${group}`),
    release: () => {
      tell("release");
      child.stdin.end();
    },
  };
}
