import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A full disk needs a small one, and only root may mount it. */
export function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const place = mkdtempSync(join(tmpdir(), "restore-drill-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", place]).status === 0;
  if (mounted) spawnSync("umount", [place]);
  rmdirSync(place);
  return mounted;
}

/** Mounts a tiny file system that belongs to the server's user; the answer unmounts it. */
export function mountTiny(place: string, size: string): () => void {
  const uid = execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }).trim();
  const options = `size=${size},mode=700,uid=${uid}`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]);
  return () => void execFileSync("umount", [place]);
}

/**
 * Mounts a disk that takes 64 MB and keeps none of what comes next: writing succeeds, and only waiting for the disk
 * tells. The answer unmounts it; undefined where there are no loop devices.
 */
export function mountLying(place: string): (() => void) | undefined {
  const below = mkdtempSync(join(tmpdir(), "restore-drill-mount-"));
  const image = join(below, "image");
  const done: (readonly string[])[] = [["rmdir", below]];
  const undo = () => {
    for (const [program = "", ...words] of done.toReversed()) spawnSync(program, words);
  };
  const steps = [
    { run: ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", below], undo: ["umount", below] },
    { run: ["truncate", "--size=64M", image], undo: ["rm", image] },
    { run: ["mkfs.ext4", "-q", "-O", "^has_journal", "-E", "nodiscard", image] },
    { run: ["mount", "-o", "loop", image, place], undo: ["umount", place] },
  ] as const;
  for (const step of steps) {
    const [program, ...words] = step.run;
    if (spawnSync(program, words).status !== 0) {
      undo();
      return undefined;
    }
    if ("undo" in step) done.push(step.undo);
  }
  fill(join(place, "filler"));
  return undo;
}

/** What little the disk keeps would else hold a small backup, or not, by what ext4 wrote before. */
function fill(path: string): void {
  writeFileSync(path, Buffer.alloc(4 * 1024 * 1024, 1));
  const handle = openSync(path, "r");
  let kept = true;
  try {
    fsyncSync(handle);
  } catch {
    kept = false;
  } finally {
    closeSync(handle);
  }
  if (kept) throw new Error(`${path} is on a disk that keeps what it takes.`);
}
