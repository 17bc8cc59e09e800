/** Draws the README's pictures of a practice drill. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takePictures } from "./take-pictures.ts";

const home = mkdtempSync(join(tmpdir(), "restore-drill-picture-"));
try {
  await takePictures({ args: ["--operator", "Robin"], directory: home, home }, [
    { until: /b begin/, picture: "plan.svg", keys: "b" },
    { until: /Your turn/, picture: "human-step.svg", keys: "\r" },
    { until: /\[ Done \]/, keys: "game-42" },
    { until: /game-42/, keys: "\x04" },
    { until: /The drill is over/, keys: "\r" },
    { until: /\[ Sign \]/, keys: "\x04" },
    { until: /Signed and saved/, picture: "signed.svg", keys: "q" },
  ]);
} finally {
  rmSync(home, { recursive: true, force: true });
}
