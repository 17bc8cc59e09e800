/** The host's path of a backup, and the container's: never confused, never guessed. */
import { realpath, stat } from "node:fs/promises";
import { posix } from "node:path";
import { showName } from "../../postgres/identifiers.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ContainerFacts, ContainerMount } from "./container.ts";

/** One directory, and what it is called on either side. */
export interface SharedDirectory {
  /** As configured, absolute. */
  readonly host: string;
  /** Without symbolic links. */
  readonly real: string;
  readonly container: string;
}

export interface WantedMount {
  readonly host: string;
  readonly container: string;
}

/** Errors: no mount there, a named volume, another directory of the host, read-only. */
export async function sharedDirectory(
  container: ContainerFacts,
  wanted: WantedMount,
): Promise<Result<SharedDirectory>> {
  const real = await realpath(wanted.host).catch(() => wanted.host);
  const destination = trimmed(wanted.container);
  const mount = mountOver(container.mounts, destination);
  const problem = mountProblem(container, { mount, wanted, real, destination });
  if (problem !== undefined) return fail(problem);
  return ok({ host: wanted.host, real, container: destination });
}

/** Of a file of this host; undefined when it lies elsewhere. */
export function pathInContainer(shared: SharedDirectory, file: string): string | undefined {
  for (const root of [shared.host, shared.real]) {
    if (file.startsWith(`${root}/`)) return posix.join(shared.container, file.slice(root.length));
  }
  return undefined;
}

/** The mount that shows this path of the container: the one nearest above it. */
function mountOver(
  mounts: readonly ContainerMount[],
  destination: string,
): ContainerMount | undefined {
  return mounts
    .filter((one) => isWithin(destination, trimmed(one.destination)))
    .toSorted((a, b) => b.destination.length - a.destination.length)[0];
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory === "/" ? "" : directory}/`);
}

/** Docker Desktop writes the host's paths as its virtual machine sees them. */
function onHost(source: string): string {
  return source.replace(/^\/(?:host_mnt|run\/desktop\/mnt\/host)(?=\/)/, "");
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") || "/" : path;
}

interface Judged {
  readonly mount: ContainerMount | undefined;
  readonly wanted: WantedMount;
  readonly real: string;
  readonly destination: string;
}

function mountProblem(
  { name, service }: ContainerFacts,
  { mount, wanted, real, destination }: Judged,
): Problem | undefined {
  const host = showName(wanted.host);
  const inside = showName(destination);
  if (mount === undefined) {
    return {
      code: "unusable",
      message: `Container ${name} has nothing mounted at ${inside}: a backup would stay inside it.`,
      hint: `Mount ${host} there (\`volumes: [./backups:${destination}]\` of service ${service}), or correct \`backups.container\`.`,
    };
  }
  if (mount.type !== "bind") {
    return {
      code: "unusable",
      message: `${inside} of container ${name} is a ${mount.type}, not a directory of this host: a backup there could not be looked at.`,
      hint: `Mount ${host} there, or set \`backups.container\` to where a directory of this host is mounted.`,
    };
  }
  const rest = destination.slice(trimmed(mount.destination).length);
  const source = posix.join(onHost(mount.source), rest);
  if (trimmed(source) !== trimmed(real) && trimmed(source) !== trimmed(wanted.host)) {
    return {
      code: "unusable",
      message: `${inside} of container ${name} is ${showName(source)} on this host, and the environment says ${host}.`,
      hint: "Correct `backups.host` or `backups.container`, or the mount in the Compose file.",
    };
  }
  if (mount.writable) return undefined;
  return {
    code: "unusable",
    message: `${inside} of container ${name} is mounted read-only: no backup can be written there.`,
    hint: `Take \`:ro\` from the mount of ${host} in the Compose file, and recreate the container.`,
  };
}

/**
 * A directory that was deleted and made anew has the same path, but the container keeps the old
 * one. Only where container and host share a kernel.
 */
export async function sameDirectory(
  shared: SharedDirectory,
  inodeInside: string,
): Promise<boolean> {
  if (process.platform !== "linux" || inodeInside === "") return true;
  const found = await stat(shared.host, { bigint: true }).catch(() => undefined);
  return found === undefined ? false : String(found.ino) === inodeInside;
}

export function staleMount({ name }: ContainerFacts, shared: SharedDirectory): Problem {
  return {
    code: "unusable",
    message: `Container ${name} does not see ${showName(shared.host)} at ${showName(shared.container)} any more: the directory was moved, or made anew, since the container started.`,
    hint: "Recreate the container, so that it mounts the directory of today.",
  };
}
