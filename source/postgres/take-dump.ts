/**
 * Dumps the primary at one snapshot and, while the dump runs, fingerprints every table at that
 * same snapshot. Gives up politely when others wait for the locks it holds.
 */

import { formatBytes } from "../drill/units.ts";
import type { DumpRequest, Target, ToolOutcome, WorkIo } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { type Freezer, freeze, recheckTables } from "./freezer.ts";
import type { Manifest, ManifestSequence, ManifestTable } from "./manifest.ts";
import { withCrew } from "./proof/crew.ts";
import { type Depth, SAMPLE_PERCENT } from "./proof/fingerprint.ts";
import type { LargeObjects } from "./proof/large-objects.ts";
import { leftOut } from "./proof/left-out.ts";
import {
  joinSnapshot,
  type Prepared,
  type PrimaryRows,
  prepareReading,
  type Reader,
  readFactsAgain,
  readRows,
} from "./proof/read-primary.ts";
import { joinReadings, readSequences } from "./proof/sequences.ts";
import type { Session } from "./session.ts";

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

export interface TakenDump {
  readonly outcome: ToolOutcome;
  readonly snapshot: string;
  readonly lsn: string | null;
  readonly takenAt: string;
  readonly depth: Depth;
  readonly encoding: string;
  readonly tables: readonly ManifestTable[];
  readonly sequences: readonly ManifestSequence[];
  readonly unreadSequences: readonly { readonly schema: string; readonly name: string }[];
  readonly largeObjects: LargeObjects;
  readonly facts: NonNullable<Manifest["facts"]>;
  readonly factsAfter: Manifest["factsAfter"];
  /** Tables made while the dump ran: neither in the backup nor compared. */
  readonly appeared: readonly string[];
  readonly notCovered: readonly string[];
}

/** Sessions that fingerprint tables; one more reads the rest. */
const CREW = 2;
export const FINGERPRINT_SESSIONS = { least: 2, most: CREW + 1 } as const;

const EVERY_ROW: Depth = { level: "full", sample: SAMPLE_PERCENT };

export async function takeDump(target: Target, work: DumpWork): Promise<Result<TakenDump>> {
  const frozen = await freeze(target, {
    signal: work.io.signal,
    note: (text) => work.io.line("note", text),
    ...(work.patienceSeconds === undefined ? {} : { patienceSeconds: work.patienceSeconds }),
  });
  if (!frozen.ok) return frozen;
  const freezer = frozen.value;
  work.io.line(
    "note",
    `Snapshot ${freezer.snapshot} of ${freezer.tables.length} tables, taken at ${freezer.takenAt}.`,
  );
  try {
    const taken = await dumpWhileFrozen(target, work, freezer);
    const late = freezer.gaveWay();
    return taken.ok || late === undefined || knowsCause(taken.problem) ? taken : fail(late);
  } finally {
    await freezer.release();
  }
}

/** The place where pg_dump ran is gone; lost sessions only follow from that. */
function knowsCause({ details }: Problem): boolean {
  return details?.mishap !== undefined;
}

interface Frozen extends Reader {
  readonly target: Target;
  readonly work: DumpWork;
  readonly signal: AbortSignal;
  failed(problem: Problem): void;
}

/** Whatever fails first stops the others, and is told unless a later one knows the cause. */
async function dumpWhileFrozen(
  target: Target,
  work: DumpWork,
  freezer: Freezer,
): Promise<Result<TakenDump>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.io.signal, stop.signal]);
  const problems: Problem[] = [];
  const failed = (problem: Problem) => {
    problems.push(problem);
    stop.abort();
  };
  let finished = false;
  void freezer.closed.then(() => {
    if (!finished) failed(freezer.gaveWay() ?? snapshotLost());
  });
  const { database } = target.summary;
  const session = { database, role: "primary", purpose: "fingerprint", patient: true } as const;
  const options = {
    session,
    size: FINGERPRINT_SESSIONS.most,
    least: FINGERPRINT_SESSIONS.least,
    signal,
    begin: (one: Session) => joinSnapshot(one, freezer, CREW + 1),
  };
  const taken = await withCrew(target, options, ([lead, ...crew]) => {
    if (lead === undefined) throw new Error("A crew without a session.");
    const depth = work.depth ?? EVERY_ROW;
    return dumpFrozen({ target, work, freezer, lead, crew, depth, signal, failed });
  });
  finished = true;
  const told = problems.find(knowsCause) ?? problems[0];
  return told === undefined ? taken : fail(told);
}

async function dumpFrozen(frozen: Frozen): Promise<Result<TakenDump>> {
  const { freezer, lead, depth } = frozen;
  const before = await readSequences(lead, freezer.sequences);
  if (!before.ok) return before;
  const prepared = await prepareReading(frozen);
  if (!prepared.ok) return prepared;
  const done = await dumpAndRead(frozen, prepared.value);
  if (!done.ok) return done;
  const factsAfter = await readFactsAgain(frozen, prepared.value);
  if (!factsAfter.ok) return factsAfter;
  const after = await readSequences(lead, freezer.sequences);
  if (!after.ok) return after;
  const appeared = await recheckTables(lead, freezer.tables);
  if (!appeared.ok) return appeared;
  const { outcome, rows } = done.value;
  const { facts, encoding, shapes } = prepared.value;
  const { tables, sequences } = freezer;
  return ok({
    outcome,
    snapshot: freezer.snapshot,
    lsn: freezer.lsn,
    takenAt: freezer.takenAt,
    depth,
    encoding,
    tables: rows.tables,
    sequences: joinReadings(before.value, after.value),
    unreadSequences: sequences
      .filter(({ readable }) => !readable)
      .map(({ schema, name }) => ({ schema, name })),
    largeObjects: rows.largeObjects,
    facts: facts.facts,
    factsAfter: factsAfter.value,
    appeared: appeared.value,
    notCovered: [
      ...leftOut({ tables, shapes, sequences, appeared: appeared.value, views: rows.views }),
      ...facts.uncovered,
    ],
  });
}

async function dumpAndRead(
  frozen: Frozen,
  prepared: Prepared,
): Promise<Result<{ readonly outcome: ToolOutcome; readonly rows: PrimaryRows }>> {
  const { target, work, freezer, signal, failed } = frozen;
  const { io } = work;
  const request: DumpRequest = { ...work.request, snapshot: freezer.snapshot };
  await work.starting(request);
  const told = oneBar(io);
  const [dumped, rows] = await Promise.all([
    target.dump(request, { ...io, signal, progress: told.dumped }).then(noting(failed)),
    readRows(frozen, prepared, told.read)
      .then(noting(failed))
      .then((read) => {
        told.readAll();
        if (read.ok) io.line("note", "Rows of every table are read at the same snapshot.");
        return read;
      }),
  ]);
  if (!rows.ok) return rows;
  return dumped.ok ? ok({ outcome: dumped.value, rows: rows.value }) : dumped;
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

function noting(failed: (problem: Problem) => void) {
  return <T>(result: Result<T>): Result<T> => {
    if (!result.ok) failed(result.problem);
    return result;
  };
}

function snapshotLost(): Problem {
  return {
    code: "failed",
    message: "The session that holds the snapshot was ended, so the dump was stopped.",
    hint: "Look at the server's log for who or what ended it, then run the step again.",
  };
}
