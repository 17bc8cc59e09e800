/**
 * Draws the README's pictures of a drill on the staging stack, in the runbook's own directory.
 * Needs what `npm run test:staging` needs; without Docker it says so and draws nothing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takePictures } from "../../source/build/take-pictures.ts";
import { buildImages, startStack } from "./stack.ts";

const DIRECTORY = "/opt/ringrift";

async function drillForPictures(): Promise<void> {
  if (existsSync(DIRECTORY)) throw new Error(`${DIRECTORY} is there already: move it away first.`);
  buildImages();
  const home = mkdtempSync(join(tmpdir(), "restore-drill-picture-"));
  try {
    const stack = await startStack({
      directory: DIRECTORY,
      name: "restore-drill-pictures",
      compose: "v1",
    });
    try {
      const place = { directory: DIRECTORY, home, environment: stack.environment };
      const args = ["--environment", "compose", "--operator", "Robin"];
      await takePictures({ ...place, args }, [
        { until: /b begin/, picture: "compose-plan.svg", keys: "b" },
        { until: /Your turn/, picture: "compose-human-step.svg" },
        { walk: "k", until: /✓ Equal to the primary/, picture: "compose-proof.svg", keys: "\x1b" },
        { until: /Your turn/, keys: "\r" },
        { until: /\[ Done \]/, keys: "game-42" },
        { until: /game-42/, keys: "\x04" },
        { until: /The drill is over/, keys: "G" },
        { walk: "k", until: /│ Compare alerts/, picture: "compose-monitoring.svg", keys: "q" },
      ]);
    } finally {
      stack.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(DIRECTORY, { recursive: true, force: true });
  }
}

if (spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0) await drillForPictures();
else console.error("LEFT OUT: the pictures of a Compose drill, as no Docker daemon answers.");
