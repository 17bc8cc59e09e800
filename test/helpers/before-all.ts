/** Done once for all test files: the bundle, and a PostgreSQL 15 cluster that each of them copies. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeTemplate, TEMPLATE_VARIABLE } from "./cluster15.ts";
import { postgres15Available } from "./postgres15.ts";

export function setup(): void {
  const script = fileURLToPath(new URL("../../source/build/bundle.ts", import.meta.url));
  execFileSync(process.execPath, [script, "--if-stale"], { stdio: "inherit" });
  if (postgres15Available) process.env[TEMPLATE_VARIABLE] = makeTemplate();
}

export function teardown(): void {
  const template = process.env[TEMPLATE_VARIABLE];
  if (template !== undefined) rmSync(template, { recursive: true, force: true });
}
