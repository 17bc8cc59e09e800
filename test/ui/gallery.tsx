/**
 * Puts one screen up in the terminal with made-up data, to look at it. Not a test.
 * `node test/ui/gallery.mjs SCREEN` after bundling with esbuild; see scenes.ts for the names.
 */
import { runUi } from "../../source/ui/run.tsx";
import { sceneNamed } from "./scenes.ts";

const scene = sceneNamed(process.argv[2] ?? "running");
const outcome = await runUi(scene.launch, {
  stdin: process.stdin,
  stdout: process.stdout,
  noColor: process.env.NO_COLOR !== undefined,
  operatorDefault: "Robin",
  expandText: (text, state) =>
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) => state.values[name] ?? whole),
  exportEntry: async (_format, file) => ({ ok: true, value: file }),
  now: scene.now,
});
process.stdout.write(`${outcome.farewell}\n[exit ${outcome.exit}]\n`);
process.exit(outcome.exit);
