/** Reading a journal back, line by line, trusting none of it. */
import { readFile } from "node:fs/promises";
import type { DrillEvent } from "../drill/events.ts";
import { NOTHING_BEFORE } from "../log/canonical.ts";
import { fail, ok, type Result } from "../problem.ts";
import { type ChainEnd, checkLine } from "./record.ts";

export interface JournalContents {
  readonly events: readonly DrillEvent[];
  /**
   * A last line without its end: the process or the machine died while writing it. It was never
   * acknowledged, so nothing was done on the strength of it. Not among `events`.
   */
  readonly torn?: { readonly line: number; readonly bytes: number };
  /** The lines that hold. */
  readonly intact: ChainEnd & { readonly bytes: number };
}

export const EMPTY_CHAIN: ChainEnd = { seq: 0, hash: NOTHING_BEFORE };

const NEWLINE = 0x0a;

/** A break anywhere but in an unfinished last line is a Problem that names the line. */
export async function readJournal(path: string): Promise<Result<JournalContents>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The journal ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    });
  }
  return checkJournal(path, bytes);
}

function checkJournal(path: string, bytes: Buffer): Result<JournalContents> {
  const events: DrillEvent[] = [];
  let end = EMPTY_CHAIN;
  let offset = 0;
  for (;;) {
    const stop = bytes.indexOf(NEWLINE, offset);
    if (stop === -1) {
      break;
    }
    const line = checkLine(end, bytes.subarray(offset, stop));
    if (!line.ok) {
      return fail({
        code: "unusable",
        message: `Line ${end.seq + 1} of the journal ${path} ${line.why}.`,
        hint: "The drill cannot be resumed from it. Keep the file, and check by hand what the drill left behind.",
        where: `${path}:${end.seq + 1}`,
      });
    }
    events.push(line.record.event);
    end = { seq: line.record.seq, hash: line.record.hash };
    offset = stop + 1;
  }
  const left = bytes.length - offset;
  return ok({
    events,
    ...(left > 0 && { torn: { line: end.seq + 1, bytes: left } }),
    intact: { ...end, bytes: offset },
  });
}
