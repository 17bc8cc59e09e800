/**
 * The journal of one drill: append-only, hash-chained, and on disk before anyone is told so.
 * Whoever opens one for writing holds the drill's lock (`lock.ts`).
 */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DrillEvent } from "../drill/events.ts";
import type { JournalPort } from "../engine/ports.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { syncFolder, writeFully, writeProblem } from "./durable.ts";
import { EMPTY_CHAIN, type JournalContents, readJournal } from "./read.ts";
import { type ChainEnd, nextRecord, recordLine } from "./record.ts";

export interface ReopenedJournal {
  readonly journal: JournalPort;
  readonly events: readonly DrillEvent[];
  /** What was cut off: an event nobody was ever told of. */
  readonly torn?: { readonly line: number; readonly bytes: number };
}

/** A new journal; a Problem when the file exists. */
export async function createJournal(path: string): Promise<Result<JournalPort>> {
  const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
  try {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path, O_APPEND | O_CREAT | O_EXCL | O_WRONLY, 0o600);
    await syncFolder(folder);
    await syncFolder(dirname(folder));
    return ok(new Journal({ path, file, end: EMPTY_CHAIN, bytes: 0 }));
  } catch (error) {
    return fail(writeProblem(`The journal ${path}`, error));
  }
}

/** Goes on with a journal: checks all of it, cuts a torn last line off, appends after the rest. */
export async function reopenJournal(path: string): Promise<Result<ReopenedJournal>> {
  const read = await readJournal(path);
  if (!read.ok) {
    return read;
  }
  const { events, torn, intact } = read.value;
  try {
    const file = await open(path, constants.O_APPEND | constants.O_WRONLY);
    await cutTornLine(file, read.value);
    const journal = new Journal({ path, file, end: intact, bytes: intact.bytes });
    return ok({ journal, events, ...(torn !== undefined && { torn }) });
  } catch (error) {
    return fail(writeProblem(`The journal ${path}`, error));
  }
}

async function cutTornLine(file: FileHandle, { torn, intact }: JournalContents): Promise<void> {
  if (torn !== undefined) {
    await file.truncate(intact.bytes);
    await file.sync();
  }
}

interface OpenJournal {
  readonly path: string;
  readonly file: FileHandle;
  readonly end: ChainEnd;
  readonly bytes: number;
}

class Journal implements JournalPort {
  readonly #path: string;
  readonly #file: FileHandle;
  #end: ChainEnd;
  #bytes: number;
  #broken: Problem | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor({ path, file, end, bytes }: OpenJournal) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
    this.#bytes = bytes;
  }

  append(event: DrillEvent): Promise<Result<void>> {
    if (this.#closing !== undefined) {
      return Promise.resolve(fail(closedProblem(this.#path)));
    }
    const done = this.#queue.then(() => this.#write(event));
    this.#queue = done;
    return done;
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.then(() => this.#file.close());
    return this.#closing;
  }

  async #write(event: DrillEvent): Promise<Result<void>> {
    if (this.#broken !== undefined) {
      return fail(this.#broken);
    }
    const record = nextRecord(this.#end, event);
    const line = Buffer.from(recordLine(record), "utf8");
    try {
      await writeFully(this.#file, line);
      await this.#file.sync();
    } catch (error) {
      // After a failed sync the kernel may have dropped the pages: nothing later can be trusted.
      this.#broken = writeProblem(`The journal ${this.#path}`, error);
      await this.#file.truncate(this.#bytes).catch(() => undefined);
      return fail(this.#broken);
    }
    this.#end = { seq: record.seq, hash: record.hash };
    this.#bytes += line.length;
    return ok(undefined);
  }
}

function closedProblem(path: string): Problem {
  return { code: "interrupted", message: `The journal ${path} is closed already.` };
}
