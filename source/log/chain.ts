/**
 * The log's file. Entries are only appended, each holding the hash of the one before it; the
 * first holds 64 zeros. Callers hold the log's lock (`withLog`).
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeFully, writeProblem } from "../journal/durable.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { canonicalJson, NOTHING_BEFORE } from "./canonical.ts";
import { type HeadFile, readHead, writeHead } from "./head.ts";
import {
  type ApprovalLine,
  type EntryLine,
  type LogContents,
  readLog,
  recordLines,
  type Sealed,
  sealOf,
} from "./read.ts";

/** Where the log stands, after its tail was found to hold. */
export interface LogTail {
  readonly log: string;
  /** Records of any kind. */
  readonly entries: number;
  /** What the next entry's `previous` must be. */
  readonly hash: string;
  /** Size of the file up to there; anything after it is cut off by the next append. */
  readonly bytes: number;
}

export interface OpenLog {
  readonly tail: LogTail;
  readonly records: readonly (EntryLine | ApprovalLine)[];
}

/** Checks the end of the log: the last entry, and that none was cut off after it. */
export async function openLog(log: string): Promise<Result<OpenLog>> {
  const contents = await readLog(log);
  if (!contents.ok) {
    return contents;
  }
  const fault = tailFault(contents.value, await readHead(log));
  const last = contents.value.lines.at(-1);
  if (fault !== undefined) {
    return fail(refusal(log, fault));
  }
  if (last?.ok === false) {
    return fail(refusal(log, { line: last.number, why: last.why }));
  }
  const { lines, bytes } = contents.value;
  const hash = last === undefined ? NOTHING_BEFORE : sealOf(last).hash;
  return ok({
    tail: { log, entries: lines.length, hash, bytes },
    records: recordLines(contents.value),
  });
}

/** Resolves once the entry, and the head that counts it, are on disk. */
export async function appendEntry(tail: LogTail, entry: Sealed): Promise<Result<void>> {
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  try {
    const file = await open(tail.log, O_APPEND | O_CREAT | O_WRONLY, 0o600);
    try {
      // What an earlier crash left of a line; nobody was ever told of it.
      await file.truncate(tail.bytes);
      await writeFully(file, Buffer.from(`${canonicalJson(entry)}\n`, "utf8"));
      await file.sync();
    } catch (error) {
      await file.truncate(tail.bytes).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    await syncFolder(dirname(tail.log));
    await writeHead(tail.log, { count: tail.entries + 1, hash: entry.hash });
    return ok(undefined);
  } catch (error) {
    return fail(writeProblem(`The log ${tail.log}`, error));
  }
}

/** Brings the head up to the log, after a crash between the two. */
export async function mendHead(tail: LogTail): Promise<Result<void>> {
  try {
    await writeHead(tail.log, { count: tail.entries, hash: tail.hash });
    return ok(undefined);
  } catch (error) {
    return fail(writeProblem(`The head of the log ${tail.log}`, error));
  }
}

/** An entry that does not hold, and why, as what `it ...` goes on with. */
export interface Fault {
  /** From 1; one more than there are lines for what is missing at the end. */
  readonly line: number;
  readonly id?: string;
  readonly why: string;
}

/** What is wrong between the log and its head; undefined when they agree. */
export function tailFault({ lines }: LogContents, head: HeadFile): Fault | undefined {
  if (head === "unreadable") {
    const why = "cannot be known to be the last: log.head beside the log is not readable";
    return { line: lines.length, why };
  }
  if (head === "missing" || head.count === 0) {
    return undefined;
  }
  const counted = lines[head.count - 1];
  if (counted === undefined) {
    const gone = head.count - lines.length;
    const all = gone === 1 ? "the last of them is gone" : `the last ${gone} of them are gone`;
    return { line: lines.length + 1, why: `is missing: log.head counts ${head.count}, and ${all}` };
  }
  const hash = counted.ok ? sealOf(counted).hash : counted.claims?.hash;
  return hash === head.hash
    ? undefined
    : { line: head.count, why: "is not the one that log.head names" };
}

function refusal(log: string, { line, why }: Fault): Problem {
  return {
    code: "log-broken",
    message: `Nothing can be added to the log ${log}: entry ${line} ${why}.`,
    hint: "Run `restore-drill log verify`. Keep the broken log, log.head and allowed_signers aside as evidence; a new log is begun without them.",
  };
}
