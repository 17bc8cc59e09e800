/** Beginning and end of a backup, by format. A digest proves more, but only beside a manifest. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../drill/types.ts";
import type { BackupFormat } from "../environment/target.ts";
import { readPart } from "./backup-files.ts";
import { display } from "./display.ts";
import { reasonOf } from "./file-errors.ts";

const HEADER = "PostgreSQL database dump";
/**
 * The only thing that shows a plain dump cut at a line end: psql restores what is left of it and
 * exits 0.
 */
const TRAILER = "PostgreSQL database dump complete";
/** A `\unrestrict` line with its key follows the trailer since the minors of August 2025. */
const TAIL_BYTES = 1024;
const HEAD_BYTES = 4096;

export async function structureChecks(
  file: string,
  format: BackupFormat,
): Promise<readonly Check[]> {
  try {
    if (format === "plain") return await plainChecks(file);
    return format === "custom" ? await customChecks(file) : await directoryChecks(file);
  } catch (error) {
    const observed = `${display(file)}: ${reasonOf(error)}`;
    return [{ title: "Readable", status: "failed", expected: "yes", observed }];
  }
}

async function plainChecks(file: string): Promise<readonly Check[]> {
  const { size } = await stat(file);
  const head = (await readPart(file, 0, HEAD_BYTES)).toString("utf8");
  const tailBytes = await readPart(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
  const tail = tailBytes.toString("utf8");
  return [
    check("Begins as a dump", head.includes(`-- ${HEADER}\n`), {
      expected: `-- ${HEADER}`,
      observed: firstText(head),
    }),
    check("Ends as a complete dump", endsComplete(tail), {
      expected: `-- ${TRAILER}`,
      observed: lastText(tail),
    }),
  ];
}

/** Nothing but comments, blank lines and `\unrestrict` may follow the trailer. */
function endsComplete(tail: string): boolean {
  const lines = tail.split("\n");
  const at = lines.lastIndexOf(`-- ${TRAILER}`);
  return at >= 0 && lines.slice(at + 1).every((line) => /^(?:--.*|\\unrestrict \w+|)$/u.test(line));
}

async function customChecks(file: string): Promise<readonly Check[]> {
  return [archiveHeader("Begins as an archive", await readPart(file, 0, 11))];
}

async function directoryChecks(file: string): Promise<readonly Check[]> {
  return [archiveHeader("Table of contents", await readPart(join(file, "toc.dat"), 0, 11))];
}

/** `PGDMP`, then version (three bytes), sizes of integers and offsets, and the format. */
function archiveHeader(title: string, head: Buffer): Check {
  const magic = head.subarray(0, 5).toString("latin1") === "PGDMP";
  const [major = 0, minor = 0] = head.subarray(5);
  return check(title, magic && major === 1 && head.length === 11, {
    expected: "a PostgreSQL archive, version 1.x",
    observed: magic ? `a PostgreSQL archive, version ${major}.${minor}` : "something else",
  });
}

function check(
  title: string,
  holds: boolean,
  words: { readonly expected: string; readonly observed: string },
): Check {
  return { title, status: holds ? "passed" : "failed", ...words };
}

function firstText(head: string): string {
  return shown(head.split("\n").find((line) => line.trim() !== "" && line.trim() !== "--"));
}

function lastText(tail: string): string {
  const lines = tail.split("\n").filter((line) => /\S/u.test(line) && line.trim() !== "--");
  const trailer = lines.findLast((line) => line.includes(TRAILER));
  return shown(trailer ?? lines.at(-1));
}

/** It may be a row: only its length is told, unless it is a comment. */
function shown(line: string | undefined): string {
  if (line === undefined) return "nothing";
  return line.startsWith("--")
    ? display(line.slice(0, 80))
    : `another line, of ${line.length} characters`;
}
