/** The manifest of what was read of a database at one snapshot, with or without a dump. */
import type { Target } from "../environment/target.ts";
import type { Manifest } from "./manifest.ts";
import type { FrozenReading } from "./read-frozen.ts";

export interface ReadingOrigin {
  readonly target: Pick<Target, "summary">;
  /** Id of the drill. */
  readonly drill: string;
  /** Size of the database. */
  readonly bytes: number;
}

export function manifestOfReading(
  read: FrozenReading,
  { target, drill, bytes }: ReadingOrigin,
): Manifest {
  const { database, server } = target.summary;
  const { address, version, systemIdentifier } = server;
  return {
    format: 3,
    level: read.depth.level,
    ...(read.depth.level === "sampled" ? { sample: read.depth.sample } : {}),
    encoding: read.encoding,
    drill,
    server: { address, version, systemIdentifier },
    database,
    databaseBytes: bytes,
    snapshot: read.snapshot,
    lsn: read.lsn,
    takenAt: read.takenAt,
    files: [],
    tables: [...read.tables],
    sequences: [...read.sequences],
    ...(read.unreadSequences.length === 0 ? {} : { unreadSequences: [...read.unreadSequences] }),
    largeObjects: read.largeObjects,
    facts: read.facts,
    ...(read.factsAfter === undefined ? {} : { factsAfter: read.factsAfter }),
    notCovered: [...read.notCovered],
  };
}
