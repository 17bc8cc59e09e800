/** Command lines of PostgreSQL's client programs. They hold no secret. */
import type { Connection } from "../postgres/connection.ts";
import { conninfo } from "../postgres/conninfo.ts";
import type { BackupFormat, DumpRequest, RestoreRequest } from "./target.ts";
import type { ToolName } from "./tools.ts";

/** A dump that waits longer for one table's lock gives up. */
const LOCK_WAIT_MS = 60_000;

/**
 * A directory is the fast one, and compressing takes longer than all the rest of a dump. Level 1
 * is several times faster than the default and little larger.
 */
const COMPRESSION: Readonly<Record<BackupFormat, readonly string[]>> = {
  plain: [],
  custom: ["--compress=1"],
  directory: ["--compress=0"],
};

/** Not spelled out: where the password is the word itself, it would be masked in every command. */
const NO_PROMPT = "-w";

export type ProgramOf = (tool: ToolName) => string;
export type Command = readonly [string, ...string[]];

export function dumpCommand(
  program: ProgramOf,
  connection: Connection,
  request: DumpRequest,
): Command {
  const { snapshot, jobs, format } = request;
  return [
    program("pg_dump"),
    `--dbname=${conninfo(connection, request.database)}`,
    NO_PROMPT,
    // `syncBackup` waits for the disk instead, while the backup is digested.
    "--no-sync",
    `--lock-wait-timeout=${LOCK_WAIT_MS}`,
    `--format=${format}`,
    ...COMPRESSION[format],
    ...(format === "directory" && jobs !== undefined ? [`--jobs=${jobs}`] : []),
    ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`]),
    `--file=${request.file}`,
  ];
}

/** Without a file the backup comes by standard input. */
export type ReadRequest = Omit<RestoreRequest, "file"> & { readonly file?: string };

/**
 * psql without `--single-transaction`: a plain backup with large objects commits on its own, and
 * a database of many tables would run out of locks. What fails half-way is dropped anyway.
 */
export function restoreCommand(
  program: ProgramOf,
  connection: Connection,
  request: ReadRequest,
): Command {
  const dbname = `--dbname=${conninfo(connection, request.database)}`;
  if (request.format === "plain") {
    const file = `--file=${request.file ?? "-"}`;
    return [program("psql"), "-X", dbname, NO_PROMPT, "-v", "ON_ERROR_STOP=1", file];
  }
  // What comes by standard input cannot be read by several.
  const many = request.jobs !== undefined && request.file !== undefined;
  const jobs = many ? [`--jobs=${request.jobs}`] : [];
  // Subscriptions would block dropping the database, and nothing may be subscribed to by a drill.
  const options = [NO_PROMPT, "--exit-on-error", "--no-subscriptions", ...jobs];
  const file = request.file === undefined ? [] : ["--", request.file];
  return [program("pg_restore"), dbname, ...options, ...file];
}
