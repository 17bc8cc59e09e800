#!/usr/bin/env node
// Written so that an old Node can read it, to say in one line which one is needed.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `restore-drill needs Node 22.12 or later; this is Node ${process.versions.node}. In a clone of the project, "npm start" brings its own.\n`,
  );
  process.exitCode = 4;
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  const entry: string = "./cli.js";
  const { main } = (await import(entry)) as { main: (argv: readonly string[]) => Promise<void> };
  await main(process.argv.slice(2));
}

export {};
