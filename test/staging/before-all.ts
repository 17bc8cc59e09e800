/** Done once for all staging tests: the bundle, a Docker daemon, the images. Gives the way back. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fetchComposeV2 } from "./compose-v2.ts";
import { startDockerd } from "./dockerd.ts";
import { buildImages } from "./images.ts";

export async function setup(): Promise<() => Promise<void>> {
  const script = fileURLToPath(new URL("../../source/build/bundle.ts", import.meta.url));
  execFileSync(process.execPath, [script, "--if-stale"], { stdio: "inherit" });
  composeV2();
  const stopDockerd = await startDockerd();
  buildImages((line) => console.log(line));
  return stopDockerd;
}

/** Without the network the tests go on, but never silently. */
function composeV2(): void {
  try {
    fetchComposeV2(console.log);
  } catch (error) {
    console.warn(
      "WARNING: no genuine Compose v2 could be fetched. Its tests run on a stand-in (v2's syntax,",
      `done by v1), which proves less. ${error instanceof Error ? error.message : error}`,
    );
  }
}
