/** A Docker daemon where none answers: a bare Debian machine, as root, with docker.io installed. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { until } from "./until.ts";

const NEEDED = ["docker", "docker-compose", "dockerd", "iptables", "debootstrap", "git", "script"];
const INSTALL = "apt-get install docker.io docker-compose iptables debootstrap git bsdutils";

/**
 * Leaves a daemon that answers alone. Where kernel and iptables disagree about nft, or an earlier
 * daemon left legacy rules (which drop what nft's let through), the machine's iptables is switched
 * to its legacy form, which Debian ships for that. Throws when a program is
 * missing, or when no daemon answers in the end; `logFile` says why.
 * Gives what stops the daemon, if it was started here.
 */
export async function startDockerd(logFile = "/var/log/dockerd.log"): Promise<() => Promise<void>> {
  const missing = NEEDED.filter((program) => !works("sh", "-c", `command -v ${program}`));
  if (missing.length > 0) throw new Error(`Missing: ${missing.join(", ")}. Do: ${INSTALL}`);
  if (answers()) return async () => {};
  for (const program of ["iptables", "ip6tables"]) {
    if (works(program, "-t", "nat", "-L") && !hasLegacyRules(program)) continue;
    execFileSync("update-alternatives", ["--set", program, `/usr/sbin/${program}-legacy`]);
  }
  const log = openSync(logFile, "a");
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  const ended = once(daemon, "exit");
  closeSync(log);
  daemon.unref();
  await until(`dockerd to answer (see ${logFile})`, answers);
  return async () => {
    daemon.kill("SIGTERM");
    await ended;
  };
}

function hasLegacyRules(program: string): boolean {
  return works("sh", "-c", `${program}-legacy -S | grep -q DOCKER`);
}

function answers(): boolean {
  return works("docker", "version");
}

function works(program: string, ...parameters: readonly string[]): boolean {
  return spawnSync(program, parameters, { stdio: "ignore" }).status === 0;
}
