/** A Docker daemon where none answers: a bare Debian machine, as root, with docker.io installed. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { until } from "./until.ts";

/**
 * Leaves a daemon that answers alone. Where kernel and iptables disagree about nft, the machine's
 * iptables is switched to its legacy form, which Debian ships for that. Throws when no daemon
 * answers in the end; `logFile` says why.
 */
export async function startDockerd(logFile = "/var/log/dockerd.log"): Promise<void> {
  if (answers()) return;
  for (const program of ["iptables", "ip6tables"]) {
    if (works(program, "-t", "nat", "-L")) continue;
    execFileSync("update-alternatives", ["--set", program, `/usr/sbin/${program}-legacy`]);
  }
  const log = openSync(logFile, "a");
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  daemon.unref();
  await until(`dockerd to answer (see ${logFile})`, answers);
}

function answers(): boolean {
  return works("docker", "version");
}

function works(program: string, ...parameters: readonly string[]): boolean {
  return spawnSync(program, parameters, { stdio: "ignore" }).status === 0;
}

if (import.meta.main) await startDockerd();
