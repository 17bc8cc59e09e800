/**
 * Fingerprints every table of the primary at one snapshot, while something else, a dump or nothing,
 * goes on at that same snapshot. Gives up politely when others wait for the locks it holds.
 */
import type { Target, WorkIo } from "../environment/target.ts";
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

export interface ReadingWork<T> {
  readonly io: WorkIo;
  /** How deep to look; every row unless given. */
  readonly depth?: Depth;
  /** Whether what goes on beside it is a dump; it decides how the outcome is told. */
  readonly dumps: boolean;
  /** How long others may wait for the locks; PATIENCE_SECONDS of the freezer unless given. */
  readonly patienceSeconds?: number;
  /** Right before both start; awaited. */
  starting?(snapshot: string): Promise<void>;
  /** What goes on at the snapshot meanwhile. */
  beside(snapshot: string, signal: AbortSignal): Promise<Result<T>>;
  onRows(done: number, total: number): void;
  onRowsRead(): void;
}

export interface FrozenReading {
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
  /** Tables made meanwhile: neither in a dump nor compared. */
  readonly appeared: readonly string[];
  readonly notCovered: readonly string[];
}

export interface FrozenWork<T> extends FrozenReading {
  /** What `beside` gave. */
  readonly outcome: T;
}

/** Sessions that fingerprint tables; one more reads the rest. */
const CREW = 2;
export const FINGERPRINT_SESSIONS = { least: 2, most: CREW + 1 } as const;

const EVERY_ROW: Depth = { level: "full", sample: SAMPLE_PERCENT };

export async function readFrozen<T>(
  target: Target,
  work: ReadingWork<T>,
): Promise<Result<FrozenWork<T>>> {
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
    const taken = await whileFrozen(target, work, freezer);
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

interface Frozen<T> extends Reader {
  readonly work: ReadingWork<T>;
  readonly signal: AbortSignal;
  failed(problem: Problem): void;
}

/** Whatever fails first stops the others, and is told unless a later one knows the cause. */
async function whileFrozen<T>(
  target: Target,
  work: ReadingWork<T>,
  freezer: Freezer,
): Promise<Result<FrozenWork<T>>> {
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
    return readAll({ work, freezer, lead, crew, depth, signal, failed });
  });
  finished = true;
  const told = problems.find(knowsCause) ?? problems[0];
  return told === undefined ? taken : fail(told);
}

async function readAll<T>(frozen: Frozen<T>): Promise<Result<FrozenWork<T>>> {
  const { freezer, lead, depth } = frozen;
  const before = await readSequences(lead, freezer.sequences);
  if (!before.ok) return before;
  const prepared = await prepareReading(frozen);
  if (!prepared.ok) return prepared;
  const done = await readBeside(frozen, prepared.value);
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
  const { dumps } = frozen.work;
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
      ...leftOut({
        ...{ tables, shapes, sequences, dumps },
        ...{ appeared: appeared.value, views: rows.views },
      }),
      ...facts.uncovered,
    ],
  });
}

async function readBeside<T>(
  frozen: Frozen<T>,
  prepared: Prepared,
): Promise<Result<{ readonly outcome: T; readonly rows: PrimaryRows }>> {
  const { work, freezer, signal, failed } = frozen;
  await work.starting?.(freezer.snapshot);
  const [done, rows] = await Promise.all([
    work.beside(freezer.snapshot, signal).then(noting(failed)),
    readRows(frozen, prepared, work.onRows)
      .then(noting(failed))
      .then((read) => {
        work.onRowsRead();
        if (read.ok) work.io.line("note", "Rows of every table are read at the same snapshot.");
        return read;
      }),
  ]);
  if (!rows.ok) return rows;
  return done.ok ? ok({ outcome: done.value, rows: rows.value }) : done;
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
    message: "The session that holds the snapshot was ended, so the step was stopped.",
    hint: "Look at the server's log for who or what ended it, then run the step again.",
  };
}
