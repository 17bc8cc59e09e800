/** Dump and restore with PostgreSQL's client programs: of this host, or of a container's. */
import type { Connection } from "../../postgres/connection.ts";
import { showName, validateName } from "../../postgres/identifiers.ts";
import { fail, type Problem, type Result } from "../../problem.ts";
import type { Redactor } from "../../process/redact.ts";
import { shellCommand, shellWord } from "../../process/shell-quote.ts";
import { claimBackup, dropPartialBackup, watchBackup } from "../backup-place.ts";
import { type Command, dumpCommand, restoreCommand } from "../pg-commands.ts";
import { fileSize, readPosition } from "../read-progress.ts";
import { restrictProblem } from "../restrict-line.ts";
import { runTool, type ToolPlace } from "../run-tool.ts";
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
  /** Where the programs run, if not on this host. */
  readonly away?: Away;
}

export interface Away extends ToolPlace {
  /** As the programs there reach the server. */
  readonly connection: Connection;
  /** Where a file of this host is there; undefined: only what it holds can be handed in. */
  pathOf(file: string): string | undefined;
  /** The command that reaches it, as an operator would type it. */
  show(command: Command): Command;
  /** Why no backup can be written there. */
  readonly dumpProblem: Problem | undefined;
  /** What was written there becomes this user's own. */
  takeOver(file: string): Promise<Result<null>>;
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
  const { away } = host;
  const show = (command: Command) =>
    host.redactor.redact(shellCommand(away === undefined ? command : away.show(command)));
  const connection = away?.connection ?? host.connection;
  const pathOf = (file: string) => (away === undefined ? file : away.pathOf(file));
  const dumping = (request: DumpRequest) =>
    dumpCommand(program, connection, { ...request, file: pathOf(request.file) ?? request.file });
  const restoring = ({ file, ...request }: RestoreRequest) => {
    const there = pathOf(file);
    return restoreCommand(program, connection, {
      ...request,
      ...(there === undefined ? {} : { file: there }),
    });
  };
  const feeding = ({ file }: RestoreRequest) =>
    pathOf(file) === undefined ? ` < ${shellWord(file)}` : "";
  return {
    describeDump: (request) => show(dumping(request)),
    dump: (request, io) => dump(host, { request, io }, dumping(request)),
    describeRestore: (request) => show(restoring(request)) + feeding(request),
    restore: (request, io) => restore(host, { request, io }, restoring(request)),
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
  const { away } = host;
  if (away?.dumpProblem !== undefined) return fail(away.dumpProblem);
  const claimed = await claimBackup(request);
  if (!claimed.ok) return claimed;
  const stopWatching = watchBackup(request, io);
  const { connection, redactor } = host;
  const run = { tool, command, connection, redactor, settings: settingsOf(host, DUMP_SETTINGS) };
  const outcome = await runTool({ ...run, ...placeOf(host), database: request.database }, io);
  stopWatching();
  // A failed one has to be deleted by this user, too.
  const taken = away === undefined ? undefined : await away.takeOver(request.file);
  const ended = outcome.ok && taken?.ok === false ? taken : outcome;
  if (!ended.ok) await dropPartialBackup(request);
  return ended;
}

function placeOf({ away }: HostWork): { readonly place?: ToolPlace } {
  return away === undefined ? {} : { place: away };
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
  const { connection, redactor, away } = host;
  const fed = away !== undefined && away.pathOf(request.file) === undefined;
  if (fed && request.format === "directory") return fail(outOfReach(request.file));
  const run = {
    ...{ tool, command, connection, redactor, settings: settingsOf(host, RESTORE_SETTINGS) },
    ...placeOf(host),
    ...(fed ? { input: request.file } : {}),
    database: request.database,
  };
  // What a container's program has open cannot be seen from here.
  const watch = away === undefined ? watchReading(request, io) : undefined;
  const outcome = await runTool({ ...run, ...(watch && { started: watch.of }) }, io);
  watch?.stop();
  return outcome;
}

function outOfReach(file: string): Problem {
  return {
    code: "unusable",
    message: `The backup ${showName(file)} is a directory outside the container's mounts, and cannot be handed in from here.`,
    hint: "Copy it into the directory that the container has mounted, and name that copy.",
  };
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
