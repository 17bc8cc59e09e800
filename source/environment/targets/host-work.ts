/** Dump and restore with the client programs of this host. */
import type { Connection } from "../../postgres/connection.ts";
import { showName, validateName } from "../../postgres/identifiers.ts";
import { fail, type Problem, type Result } from "../../problem.ts";
import type { Redactor } from "../../process/redact.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import { claimBackup, dropPartialBackup, watchBackup } from "../backup-place.ts";
import { type Command, dumpCommand, restoreCommand } from "../pg-commands.ts";
import { fileSize, readPosition } from "../read-progress.ts";
import { restrictProblem } from "../restrict-line.ts";
import { runTool } from "../run-tool.ts";
import type { DumpRequest, RestoreRequest, Target, ToolOutcome, WorkIo } from "../target.ts";
import type { FoundTool, Toolbox, ToolName } from "../tools.ts";

export interface HostWork {
  readonly connection: Connection;
  /** Never restored into. */
  readonly primary: string;
  readonly tools: Toolbox;
  readonly redactor: Redactor;
  /** What this server needs to notice a program that died. */
  readonly deadClientSettings?: readonly string[];
}

const DUMP_SETTINGS = ["default_transaction_read_only=on", "statement_timeout=0"];
/** What is restored is disposable: waiting for the disk at each commit would prove nothing. */
const RESTORE_SETTINGS = ["synchronous_commit=off", "statement_timeout=0", "lock_timeout=0"];

export function hostWork(
  host: HostWork,
): Pick<Target, "describeDump" | "dump" | "describeRestore" | "restore"> {
  const program = (name: ToolName) => {
    const tool = host.tools[name];
    return "missing" in tool ? name : tool.program;
  };
  const show = (command: Command) => host.redactor.redact(shellCommand(command));
  return {
    describeDump: (request) => show(dumpCommand(program, host.connection, request)),
    dump: (request, io) =>
      dump(host, { request, io }, dumpCommand(program, host.connection, request)),
    describeRestore: (request) => show(restoreCommand(program, host.connection, request)),
    restore: (request, io) =>
      restore(host, { request, io }, restoreCommand(program, host.connection, request)),
  };
}

function settingsOf(host: HostWork, settings: readonly string[]): readonly string[] {
  return [...settings, ...(host.deadClientSettings ?? [])];
}

interface Work<Request> {
  readonly request: Request;
  readonly io: WorkIo;
}

async function dump(
  host: HostWork,
  { request, io }: Work<DumpRequest>,
  command: Command,
): Promise<Result<ToolOutcome>> {
  const tool = host.tools.pg_dump;
  if ("missing" in tool) return fail(missingTool(tool));
  const named = validateName(request.database, "database name");
  if (!named.ok) return named;
  const claimed = await claimBackup(request);
  if (!claimed.ok) return claimed;
  const stopWatching = watchBackup(request, io);
  const { connection, redactor } = host;
  const run = { tool, command, connection, redactor, settings: settingsOf(host, DUMP_SETTINGS) };
  const outcome = await runTool({ ...run, database: request.database }, io);
  stopWatching();
  if (!outcome.ok) await dropPartialBackup(request);
  return outcome;
}

async function restore(
  host: HostWork,
  { request, io }: Work<RestoreRequest>,
  command: Command,
): Promise<Result<ToolOutcome>> {
  const tool = host.tools[request.format === "plain" ? "psql" : "pg_restore"];
  if ("missing" in tool) return fail(missingTool(tool));
  const named = validateName(request.database, "database name");
  if (!named.ok) return named;
  if (request.database === host.primary) return fail(intoPrimary(request.database));
  const unreadable =
    request.format === "plain" ? await restrictProblem(tool, request.file) : undefined;
  if (unreadable !== undefined) return fail(unreadable);
  const { connection, redactor } = host;
  const run = { tool, command, connection, redactor, settings: settingsOf(host, RESTORE_SETTINGS) };
  const watch = watchReading(request, io);
  const outcome = await runTool({ ...run, database: request.database, started: watch.of }, io);
  watch.stop();
  return outcome;
}

const PROGRESS_MS = 250;

/** Reports how much of the backup has been read, where that can be seen. */
function watchReading(
  request: RestoreRequest,
  io: WorkIo,
): { of(pid: number): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const look = async (pid: number) => {
    const total = await fileSize(request.file);
    const done = total === undefined ? undefined : await readPosition(pid, request.file);
    if (done !== undefined) io.progress("Reading the backup", done, total, "bytes");
  };
  return {
    of(pid) {
      timer = setInterval(() => void look(pid), PROGRESS_MS);
    },
    stop: () => clearInterval(timer),
  };
}

function missingTool(tool: Extract<FoundTool, { missing: string }>): Problem {
  return {
    code: "unusable",
    message: `This host cannot do it: ${tool.missing}.`,
    hint: "Install the client programs of the server's version, or name them in `bin`.",
  };
}

function intoPrimary(database: string): Problem {
  return {
    code: "refused",
    message: `A backup is never restored into the primary ${showName(database)}.`,
    hint: "Choose another restore database.",
  };
}
