/** Whether a provider's own CLI is on this machine; says so where it is not. */
import { spawnSync } from "node:child_process";

export function cliAvailable(cli: string, versionWords: readonly string[]): boolean {
  const there = spawnSync(cli, versionWords, { stdio: "ignore" }).status === 0;
  if (!there && process.env[`REQUIRE_${cli.toUpperCase()}_CLI`] === "1") {
    throw new Error(`The real ${cli} is required here, and cannot be run.`);
  }
  if (!there) {
    console.warn(`Tests with the real ${cli} are LEFT OUT: it cannot be run on this machine.`);
  }
  return there;
}
