import { execFileSync } from "node:child_process";

/** Mounts a tiny file system; the answer unmounts it. */
export function mountTiny(place: string, size: string): () => void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=777`, "tmpfs", place]);
  return () => void execFileSync("umount", [place]);
}
