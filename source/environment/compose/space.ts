/** Free bytes as a container sees them; for a mount, as this host does as well. */
import { formatBytes } from "../../drill/units.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Session } from "../../postgres/session.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { freeSpaceAt } from "../free-space.ts";
import type { FreeSpace } from "../target.ts";
import type { ContainerFacts } from "./container.ts";
import { dockerOutput } from "./docker.ts";
import type { SharedDirectory } from "./mount.ts";

/** The smaller side counts: a quota or another disk may hide behind either. */
export async function mountSpace(
  container: ContainerFacts,
  shared: SharedDirectory,
): Promise<Result<FreeSpace>> {
  const [here, there] = await Promise.all([
    freeSpaceAt(shared.host),
    spaceInside(container, shared.container),
  ]);
  if (!here.ok) return here;
  if (!there.ok) return there;
  const bytes = Math.min(here.value.bytes, there.value);
  const sides = `${formatBytes(here.value.bytes)} on this host, ${formatBytes(there.value)} at ${shared.container} in the container`;
  return ok({ bytes, place: `${shared.host} (${sides})` });
}

export async function dataSpace(
  container: ContainerFacts,
  session: Session,
): Promise<Result<FreeSpace>> {
  // Told to few; the image's own variable is right for everybody else.
  const shown = await session.query("SHOW data_directory");
  const told = shown.ok ? shown.value[0]?.data_directory : undefined;
  const directory = told ?? container.environment.PGDATA ?? "/var/lib/postgresql/data";
  const bytes = await spaceInside(container, directory);
  return bytes.ok
    ? ok({ bytes: bytes.value, place: `${directory} in container ${container.name}` })
    : bytes;
}

async function spaceInside(container: ContainerFacts, directory: string): Promise<Result<number>> {
  const printed = await dockerOutput({
    command: ["docker", "exec", container.id, "df", "-P", "-k", "--", directory],
  });
  if (!printed.ok) return printed;
  const bytes = availableOf(printed.value);
  if (bytes !== undefined) return ok(bytes);
  return fail({
    code: "unusable",
    message: `The free space at ${showName(directory)} in container ${container.name} cannot be read.`,
  });
}

/** Of `df -P -k`: 1024-blocks, used, available, capacity; names may hold blanks. */
export function availableOf(printed: string): number | undefined {
  const line = printed.trimEnd().split("\n").at(-1) ?? "";
  const available = /\s\d+\s+\d+\s+(-?\d+)\s+\d+%\s/.exec(line)?.[1];
  return available === undefined ? undefined : Math.max(0, Number(available)) * 1024;
}
