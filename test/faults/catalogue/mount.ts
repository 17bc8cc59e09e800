import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
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
