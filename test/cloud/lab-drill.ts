/** What the drills of all labs have alike: how they are read, killed, abandoned and deceived. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type CliOptions, type CliOutcome, runCli, startCli } from "../helpers/cli.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";

/** A source server and what a fake provider has of it. */
export interface Lab {
  readonly source: Postgres15;
  readonly home: string;
  /** The command line of its drill. */
  words(...more: readonly string[]): readonly string[];
  options(env?: Readonly<Record<string, string>>): CliOptions;
  drill(...more: readonly string[]): Promise<CliOutcome>;
  /** The newest of the log, parsed. */
  entry(): unknown;
  /** Only the source is left at the provider. */
  nothingLeft(): void;
}

export const said = ({ stdout, stderr }: CliOutcome) => stdout + stderr;

export function newestEntry(home: string): unknown {
  const lines = readFileSync(join(home, "log.jsonl"), "utf8").trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "");
}

/** A folder for the PATH with what a drill needs, and no provider's CLI. */
export function binWithoutCli(home: string, name = "bin"): string {
  const bin = join(home, name);
  mkdirSync(bin);
  for (const tool of ["bash", "sh", "ssh-keygen", "id"]) {
    symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
  }
  return bin;
}

/** Starts a drill, kills it with -9 as soon as `made` says so, and gives its id. */
export async function killedOnce(
  lab: Lab,
  made: () => boolean,
  ...more: readonly string[]
): Promise<string> {
  const running = startCli(lab.words(...more), lab.options());
  await expect.poll(made, { timeout: 60_000, interval: 50 }).toBe(true);
  running.child.kill("SIGKILL");
  return /drill-\d{8}-\d{6}-\w+/.exec(said(await running.ended))?.[0] ?? "";
}

export async function leavesNothingAbandoned(lab: Lab, drill: string): Promise<void> {
  const abandoned = await runCli(["abandon", drill], lab.options());
  expect(abandoned.exit, said(abandoned)).toBe(0);
  lab.nothingLeft();
  expect(lab.entry()).toMatchObject({ verdict: "aborted" });
}

/** Changes one row of what was restored, before the drill may look. */
export function forge(restored: Postgres15): void {
  restored.psql("UPDATE games SET name = 'forged' WHERE id = 7", "shop");
}

export async function namesTheForgedRow(lab: Lab): Promise<void> {
  const done = await lab.drill();
  expect(done.exit, said(done)).toBe(1);
  expect(said(done)).toContain("public.games row (7)");
  expect(lab.entry()).toMatchObject({ verdict: "failed", proof: { verdict: "different" } });
  lab.nothingLeft();
}
