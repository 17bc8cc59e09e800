/** Which values of sequences a backup holds: they ignore snapshots, so only it knows. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { BackupFormat } from "../../environment/target.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { bytesOnDisk, readPart } from "../backup-files.ts";
import { display } from "../display.ts";
import { reasonOf } from "../file-errors.ts";
import { PlainScanner } from "./plain-scanner.ts";
import { parseSetval, type SetSequence } from "./setval.ts";
import { readToc, type Toc } from "./toc.ts";

const FIRST_PART_BYTES = 1024 * 1024;

/** Empty for an archive of a format that is not known here. Errors: the file cannot be read. */
export async function readArchivedSequences(
  file: string,
  format: BackupFormat,
  signal: AbortSignal,
): Promise<Result<readonly SetSequence[]>> {
  try {
    if (format === "plain") return ok(await scanPlain(file, signal));
    const toc = await tocOf(format === "directory" ? join(file, "toc.dat") : file);
    if (toc === undefined || toc === "needs more bytes") return ok([]);
    const statements = toc.filter(({ kind }) => kind === "SEQUENCE SET");
    return ok(statements.flatMap(({ statement }) => parseSetval(statement) ?? []));
  } catch (error) {
    if (signal.aborted) return fail({ code: "interrupted", message: "It was interrupted." });
    return fail({
      code: "failed",
      message: `The sequences of ${display(file)} could not be read: ${reasonOf(error)}.`,
      hint: "Check that the backup is there and that this user may read it.",
    });
  }
}

async function tocOf(path: string): Promise<Toc> {
  const size = await bytesOnDisk(path);
  for (let length = FIRST_PART_BYTES; ; length *= 4) {
    const toc = readToc(await readPart(path, 0, Math.min(length, size)));
    if (toc !== "needs more bytes" || length >= size) return toc;
  }
}

async function scanPlain(file: string, signal: AbortSignal): Promise<readonly SetSequence[]> {
  const scanner = new PlainScanner();
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
    scanner.push(Buffer.from(chunk));
  }
  return scanner.found;
}
