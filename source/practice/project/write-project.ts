/** Writes what a checkout of the game would be into the private directory. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT_FILES } from "./files.ts";

/** Returns the directory it made. */
export function writeProject(directory: string): string {
  for (const [path, text] of Object.entries(PROJECT_FILES)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (path.endsWith(".sh")) chmodSync(file, 0o755);
  }
  // `npm run` and test-auth.sh find this Node first, whatever the host has on its PATH.
  const bin = join(directory, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
  return directory;
}
