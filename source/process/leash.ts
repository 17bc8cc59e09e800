/**
 * Ends a child's process group when this process dies in a way that leaves it no time to do so
 * (`kill -9`): an orphaned pg_dump would hold its locks on the primary until it is done.
 */
import { spawn } from "node:child_process";

/** Reads until the pipe breaks, which the kernel does for a dead process. dash's kill knows no `--`. */
const SCRIPT = 'cat >/dev/null; kill -TERM "-$1"; sleep 5; kill -KILL "-$1"';

/** `group` is the process group's id; the answer lets go, and must be called once it has ended. */
export function leash(group: number): () => void {
  const watcher = spawn("/bin/sh", ["-c", SCRIPT, "restore-drill-leash", String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: "/usr/bin:/bin" },
  });
  // Without a shell there is no leash; the work itself goes on.
  watcher.on("error", () => {});
  watcher.stdin.on("error", () => {});
  return () => {
    if (watcher.pid === undefined) return;
    try {
      process.kill(-watcher.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  };
}
