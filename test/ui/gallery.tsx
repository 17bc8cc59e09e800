/**
 * Puts one screen up in the terminal with made-up data, to look at it; scenes.ts has the names.
 * Bundle it (esbuild --bundle --splitting --format=esm --platform=node --jsx=automatic
 * --external:react-devtools-core) and run it with the name of a scene. Not a test.
 */
import { runUi } from "../../source/ui/run.tsx";
import { sceneNamed } from "./scenes.ts";

const scene = sceneNamed(process.argv[2] ?? "running");
const outcome = await runUi(scene.launch, {
  stdin: process.stdin,
  stdout: process.stdout,
  operatorDefault: "Robin",
  expandText: (text, state) =>
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) => state.values[name] ?? whole),
  exportEntry: async (_format, file) => ({ ok: true, value: file }),
  now: scene.now,
});
process.stdout.write(`${outcome.farewell}\n[exit ${outcome.exit}]\n`);
process.exit(outcome.exit);
