/** Done once for all staging tests: the bundle, a Docker daemon, the images. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startDockerd } from "./dockerd.ts";
import { buildImages } from "./images.ts";

export async function setup(): Promise<void> {
  const script = fileURLToPath(new URL("../../source/build/bundle.ts", import.meta.url));
  execFileSync(process.execPath, [script, "--if-stale"], { stdio: "inherit" });
  await startDockerd();
  buildImages((line) => console.log(line));
}
