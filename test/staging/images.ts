/**
 * Builds the images of the staging stack from Debian's packages and the npm registry: no image is
 * pulled. An image that was built from the same recipe stays. Run as a script, or call buildImages.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const recipes = join(root, "test/staging/images");
const LABEL = "restore-drill-staging.recipe";

export const IMAGES = {
  base: "restore-drill-staging/base:12",
  postgres: "restore-drill-staging/postgres:15",
  postgresBusybox: "restore-drill-staging/postgres-busybox:15",
  app: "restore-drill-staging/app:1",
  monitoring: "restore-drill-staging/monitoring:1",
} as const;

export function buildImages(log: (line: string) => void = () => {}): void {
  const build = (image: string, recipe: string, make: (label: string) => void): string => {
    const label = `${LABEL}=${recipe}`;
    if (isThere(image, label)) log(`${image} is there`);
    else {
      const started = performance.now();
      make(label);
      log(`${image} built in ${Math.round((performance.now() - started) / 1_000)} s`);
    }
    return recipe;
  };
  const base = build(IMAGES.base, digest("debootstrap minbase bookworm"), importDebian);
  const fromFolder = (image: string, folder: string, parent: string): string =>
    build(image, digest(parent, folderText(folder)), (label) =>
      dockerBuild(image, label, join(recipes, folder)),
    );
  const postgres = fromFolder(IMAGES.postgres, "postgres", base);
  fromFolder(IMAGES.postgresBusybox, "postgres-busybox", postgres);
  fromFolder(IMAGES.monitoring, "monitoring", base);
  const server = bundledServer();
  build(IMAGES.app, digest(base, folderText("app"), server, nodeVersion()), (label) =>
    buildApp(label, server),
  );
}

function importDebian(label: string): void {
  const folder = mkdtempSync(join(tmpdir(), "restore-drill-debian-"));
  try {
    run("debootstrap", "--variant=minbase", "bookworm", join(folder, "root"));
    run("tar", "-C", join(folder, "root"), "-cf", join(folder, "root.tar"), ".");
    run("docker", "import", "--change", `LABEL ${label}`, join(folder, "root.tar"), IMAGES.base);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The host fetches Prisma; the image's own build needs nothing from npm. */
function buildApp(label: string, server: string): void {
  const context = mkdtempSync(join(tmpdir(), "restore-drill-app-"));
  const app = join(context, "app");
  try {
    cpSync(join(recipes, "app"), app, { recursive: true });
    writeFileSync(join(app, "server.js"), server);
    cpSync(join(app, "Dockerfile"), join(context, "Dockerfile"));
    cpSync(join(root, "node_modules/node/bin/node"), join(context, "node"));
    run("npm", "ci", "--prefix", app, "--ignore-scripts", "--no-audit", "--no-fund");
    dockerBuild(IMAGES.app, label, context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function bundledServer(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: ["test/staging/images/app/server.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["pg-native"],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}

/** Of the project's own Node, which need not be the one that runs this. */
function nodeVersion(): string {
  return readFileSync(join(root, "node_modules/node/package.json"), "utf8");
}

/** On the host's network: a container's own may have no way out while images are built. */
function dockerBuild(image: string, label: string, context: string): void {
  run("docker", "build", "--network=host", "--label", label, "--tag", image, context);
}

function isThere(image: string, label: string): boolean {
  const filters = ["--filter", `label=${label}`, "--filter", `reference=${image}`];
  return run("docker", "images", "--quiet", ...filters) !== "";
}

function folderText(folder: string): string {
  const names = readdirSync(join(recipes, folder)).toSorted();
  return names
    .map((name) => `${name}\n${readFileSync(join(recipes, folder, name), "utf8")}`)
    .join("\n");
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Throws with what the program said when it fails. */
function run(program: string, ...parameters: readonly string[]): string {
  return execFileSync(program, parameters, {
    encoding: "utf8",
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

if (import.meta.main) buildImages((line) => console.log(line));
