/**
 * Whether the data files of a directory backup are whole. Beside a manifest the digests tell;
 * without one, an emptied file restores no rows and pg_restore exits 0.
 */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Check } from "../drill/types.ts";
import { formatAmount } from "../drill/units.ts";
import { byCodePoint } from "./backup-files.ts";
import { display, displayList } from "./display.ts";
import { errorCode, reasonOf } from "./file-errors.ts";

/** How pg_dump ends the data of every table, also of an empty one. */
const END = "\\.\n\n\n";
const TABLE_DATA = /^\d+\.dat(?:\.gz)?$/u;

/** Reads the whole backup once more. */
export async function memberChecks(
  directory: string,
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const names = (await readdir(directory))
    .filter((name) => TABLE_DATA.test(name))
    .sort(byCodePoint);
  const broken: string[] = [];
  for (const name of names) {
    const problem = await memberProblem(join(directory, name), signal);
    if (problem !== undefined) broken.push(`${display(name)} ${problem}`);
  }
  const title = "Data of every table ends as pg_dump ends it";
  const expected = formatAmount(names.length, "whole file");
  return broken.length === 0
    ? [{ title, status: "passed", expected, observed: expected }]
    : [{ title, status: "failed", expected, observed: displayList(broken) }];
}

async function memberProblem(path: string, signal?: AbortSignal): Promise<string | undefined> {
  if ((await stat(path)).size === 0) return "is empty";
  const file = createReadStream(path, signal === undefined ? {} : { signal });
  const stream: Readable = path.endsWith(".gz") ? unzipped(file) : file;
  let tail = "";
  try {
    for await (const chunk of stream) {
      const end: Buffer = chunk.subarray(-END.length);
      tail = (tail + end.toString("latin1")).slice(-END.length);
    }
  } catch (error) {
    return errorCode(error) === "Z_BUF_ERROR"
      ? "is cut short"
      : `cannot be read: ${reasonOf(error)}`;
  }
  return tail === END ? undefined : "ends before its last row";
}

function unzipped(file: Readable): Readable {
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}
