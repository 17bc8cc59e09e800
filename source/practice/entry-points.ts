/**
 * Files of the practice environment that run as processes or threads of their own. They run from
 * source (Node strips the types) and, bundled, from `dist/`.
 */
import { fileURLToPath } from "node:url";

/** Name (of `dist/<name>.js`) to source, relative to the top directory, for the bundler. */
export const entryFiles = {
  "game-service": "source/practice/service/game-service.ts",
  "practice-watchdog": "source/practice/practice-watchdog.ts",
  "wasm-dump-worker": "source/practice/wasm-dump-worker.ts",
} as const;

export type EntryPointName = keyof typeof entryFiles;

/** Absolute path of an entry file, next to this code: in `source/` or in `dist/`. */
export function entryPoint(name: EntryPointName): string {
  const here = import.meta.url;
  const fromSource = here.endsWith("/source/practice/entry-points.ts");
  return fileURLToPath(new URL(fromSource ? `../../${entryFiles[name]}` : `${name}.js`, here));
}
