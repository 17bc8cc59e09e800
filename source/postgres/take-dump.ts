/** Dumps the primary at one snapshot and, while the dump runs, reads it at that same snapshot. */
import { formatBytes } from "../drill/units.ts";
import type { DumpRequest, Target, ToolOutcome, WorkIo } from "../environment/target.ts";
import type { Result } from "../problem.ts";
import type { Depth } from "./proof/fingerprint.ts";
import { type FrozenWork, readFrozen } from "./read-frozen.ts";

export { FINGERPRINT_SESSIONS } from "./read-frozen.ts";

export interface DumpWork {
  readonly request: Omit<DumpRequest, "snapshot">;
  readonly io: WorkIo;
  /** How deep to look; every row unless given. */
  readonly depth?: Depth;
  /** Told the whole request right before the dump starts; awaited. */
  starting(request: DumpRequest): Promise<void>;
  /** How long others may wait for the dump's locks; PATIENCE_SECONDS of the freezer unless given. */
  readonly patienceSeconds?: number;
}

export type TakenDump = FrozenWork<ToolOutcome>;

export function takeDump(target: Target, work: DumpWork): Promise<Result<TakenDump>> {
  const { request, io, depth, patienceSeconds } = work;
  const told = oneBar(io);
  return readFrozen(target, {
    dumps: true,
    io,
    ...(depth === undefined ? {} : { depth }),
    ...(patienceSeconds === undefined ? {} : { patienceSeconds }),
    starting: (snapshot) => work.starting({ ...request, snapshot }),
    beside: (snapshot, signal) =>
      target.dump({ ...request, snapshot }, { ...io, signal, progress: told.dumped }),
    onRows: told.read,
    onRowsRead: told.readAll,
  });
}

/**
 * One bar for both: rows, since the server estimates how many there are; how large a compressed
 * dump becomes nobody knows. What is written already is told beside them, and alone at the end.
 */
function oneBar(io: WorkIo) {
  let written = "";
  let reading = true;
  const dumped: WorkIo["progress"] = (label, done, total, unit) => {
    if (!reading) return io.progress(label, done, total, unit);
    if (unit === "bytes") written = `, ${formatBytes(done)} of the backup written`;
  };
  return {
    dumped,
    read: (done: number, total: number) =>
      io.progress(`Fingerprinting rows${written}`, done, total, "rows"),
    readAll() {
      reading = false;
    },
  };
}
