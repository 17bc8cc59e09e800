/**
 * Plain backups begin with `\restrict KEY` since the minor releases of August 2025. An older psql
 * stops at that line, after the drill has made its database.
 * https://www.postgresql.org/docs/15/release-15-14.html
 */
import { readPart } from "../postgres/backup-files.ts";
import type { Problem } from "../problem.ts";
import type { Tool } from "./tools.ts";

/** First minor release of each major that knows the line. */
const KNOWN_SINCE: Readonly<Record<number, number>> = { 17: 6, 16: 10, 15: 14, 14: 19, 13: 22 };
const HEAD_BYTES = 4096;

/** Why this psql cannot read this backup; undefined when it can, or when the file cannot be read. */
export async function restrictProblem(psql: Tool, file: string): Promise<Problem | undefined> {
  const since = KNOWN_SINCE[psql.major];
  const knows = psql.major > 17 || (since !== undefined && psql.minor >= since);
  if (knows || !(await isRestricted(file))) return undefined;
  const update = since === undefined ? "a supported release" : `${psql.major}.${since} or later`;
  return {
    code: "unusable",
    message: `${psql.banner} cannot read this backup: it does not know \\restrict, with which the backup begins. Nothing was restored.`,
    hint: `Update psql to ${update}, or take the backup in the custom format.`,
  };
}

async function isRestricted(file: string): Promise<boolean> {
  const head = await readPart(file, 0, HEAD_BYTES).catch(() => undefined);
  return head !== undefined && /^\\restrict \w+$/mu.test(head.toString("latin1"));
}
