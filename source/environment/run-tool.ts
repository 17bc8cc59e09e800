/** Runs one of PostgreSQL's client programs and tells how it went. */
import { randomBytes } from "node:crypto";
import { DEAD_CLIENT_SETTINGS, openSession } from "../postgres/connect.ts";
import type { Connection } from "../postgres/connection.ts";
import { SHARED_MEMORY_HINT, SHORT_OF_SHARED_MEMORY } from "../postgres/shared-memory.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { ProcessOutcome, ProcessRequest } from "../process/process.ts";
import type { Redactor } from "../process/redact.ts";
import { processes } from "../process/run.ts";
import { errorCode } from "../process/spawn-problem.ts";
import { plainLine } from "../process/terminal-text.ts";
import type { Command } from "./pg-commands.ts";
import type { ToolOutcome, WorkIo } from "./target.ts";
import type { Tool } from "./tools.ts";

export interface ToolRun {
  readonly tool: Tool;
  readonly command: Command;
  readonly connection: Connection;
  readonly database: string;
  /** `name=value` server settings for the program's sessions. */
  readonly settings: readonly string[];
  readonly redactor: Redactor;
  /** Where it runs; this host unless given. */
  readonly place?: ToolPlace;
  /** A file of this host whose content is its standard input. */
  readonly input?: string;
  /** Told the process id once there is one. */
  started?(pid: number): void;
}

export type ToolLaunch = Pick<
  ProcessRequest,
  "command" | "cwd" | "env" | "unset" | "stdin" | "held"
>;

export interface ToolPlace {
  /** What starts the command there; of the variables, PGPASSWORD is secret. */
  launch(run: Pick<ToolRun, "command" | "input">, variables: Variables): ToolLaunch;
  /** Whether a line of standard error is what leads there, and not the program, speaking. */
  isOwn(line: string): boolean;
  /**
   * After a failure: ends what was started there with this PGAPPNAME, waits until it is gone, and
   * says what happened to the place itself, if anything did.
   */
  endAll(label: string): Promise<string | undefined>;
}

type Variables = Readonly<Record<string, string>>;

/** Standard error lines that are kept; the rest only passes by. */
const KEPT_LINES = 5_000;

/** Variables with which the operator's shell would steer the program elsewhere. */
export const STEERING: readonly string[] = [
  ...["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGSERVICEFILE"],
  ...["PGOPTIONS", "PGCLIENTENCODING", "PGDATESTYLE", "PGTARGETSESSIONATTRS", "PG_COLOR"],
  ...["PGREPLICATION", "PGLOADBALANCEHOSTS", "PGGEQO"],
];

export async function runTool(run: ToolRun, io: WorkIo): Promise<Result<ToolOutcome>> {
  const stderr: string[] = [];
  const label = `restore-drill ${run.tool.program.split("/").at(-1)} ${randomBytes(4).toString("hex")}`;
  const running = await processes.start({
    ...(run.place?.launch(run, environmentOf(run, label)) ?? launchHere(run, label)),
    signal: io.signal,
    leashed: true,
    onLine(stream, text) {
      const line = run.redactor.redact(text);
      if (stream === "stderr" && run.place?.isOwn(line) === true) return io.line("note", line);
      if (stream === "stderr" && stderr.length < KEPT_LINES) stderr.push(plainLine(line));
      io.line(stream, line);
    },
  });
  if (!running.ok) return running;
  run.started?.(running.value.pid);
  const outcome = await running.value.exited;
  if (outcome.cancelled) await endLeftBehind(run, label);
  // Whoever was killed here may have left its other half running there.
  const mishap = outcome.exit === 0 ? undefined : await run.place?.endAll(label);
  // Of what stops a dump, a place that is gone is the cause, and the lost sessions only follow.
  if (outcome.cancelled && mishap === undefined) {
    return fail({ code: "interrupted", message: `${nameOf(run.tool)} was cancelled.` });
  }
  if (outcome.exit !== 0) return fail(toolProblem(run.tool, { ...outcome, mishap }, stderr));
  return ok({ tool: run.tool.banner, exit: 0, stderr, seconds: outcome.seconds });
}

function launchHere(run: ToolRun, label: string): ToolLaunch {
  const { command, input } = run;
  return {
    command,
    unset: STEERING,
    env: environmentOf(run, label),
    ...(input === undefined ? {} : { stdin: input }),
  };
}

function environmentOf(run: ToolRun, label: string): Variables {
  const { password } = run.connection;
  return {
    PGAPPNAME: label,
    PGCONNECT_TIMEOUT: "10",
    PGOPTIONS: [...run.settings, ...DEAD_CLIENT_SETTINGS]
      .map((setting) => `-c ${setting}`)
      .join(" "),
    // Partition bounds are written in the session's time zone.
    PGTZ: "UTC",
    LC_ALL: "C",
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/** A client that was killed may leave its statement running on the server. */
async function endLeftBehind(run: ToolRun, label: string): Promise<void> {
  const session = await openSession(run.connection, {
    database: run.database,
    // Ending backends writes nothing, and the database may be the primary.
    role: "primary",
    purpose: "cancel",
  });
  if (!session.ok) return;
  await session.value.query(
    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE application_name = $1",
    [label],
  );
  await session.value.close();
}

function nameOf(tool: Tool): string {
  return tool.banner.split(" ")[0] ?? tool.program;
}

function toolProblem(
  tool: Tool,
  outcome: ProcessOutcome & { readonly mishap: string | undefined },
  stderr: readonly string[],
): Problem {
  const how = outcome.exit === null ? `signal ${outcome.signal}` : `exit ${outcome.exit}`;
  const said =
    outcome.mishap ??
    stderr.find((line) => /\b(error|ERROR|FATAL|fatal):/.test(line)) ??
    stderr.at(-1);
  const hint =
    outcome.mishap !== undefined
      ? "See to that (docker ps -a, docker logs), then run the step again."
      : outcome.signal === "SIGKILL"
        ? "It was killed from outside: by somebody, or by the kernel for want of memory (see dmesg)."
        : HINTS.find(([pattern]) => stderr.some((line) => pattern.test(line)))?.[1];
  return {
    code: "failed",
    message: `${nameOf(tool)} failed (${how})${said === undefined ? "" : `: ${said}`}`,
    ...(hint === undefined ? {} : { hint }),
    details: {
      tool: tool.banner,
      exit: String(outcome.exit ?? outcome.signal ?? ""),
      ...(outcome.mishap === undefined ? {} : { mishap: outcome.mishap }),
    },
  };
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [SHORT_OF_SHARED_MEMORY, SHARED_MEMORY_HINT],
  [
    /No space left on device|could not extend file/,
    "Make room on the disk, then run the step again.",
  ],
  [
    /server version mismatch/,
    "Install client programs of the server's version, or name them in `bin`.",
  ],
  [/permission denied for/, "The environment's user must be allowed to read every table."],
  [/row-level security/, "The environment's user must bypass row-level security (BYPASSRLS)."],
  [/lock timeout|could not obtain lock/, "Another session holds a lock on a table: wait for it."],
  [/password authentication failed|no password supplied/, "Check the environment's password."],
  [
    /must be owner of|must be member of role|permission denied to/,
    "The environment's user may not do what the backup asks for.",
  ],
  [/role ".*" does not exist/, "The backup names a role that this server does not have."],
  [/extension .* is not available/, "Install the extension on the server."],
  [
    /conflict with recovery/,
    "The standby may not wait longer for this dump: raise its max_standby_streaming_delay, or set hot_standby_feedback.",
  ],
  [
    /too many clients|remaining connection slots/,
    "Close idle connections, or raise max_connections.",
  ],
];

/** For messages about files. */
export function fileReason(error: unknown): string {
  const code = errorCode(error);
  const known: Readonly<Record<string, string>> = {
    EEXIST: "it exists already",
    ENOENT: "its directory does not exist",
    EACCES: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "no space is left on the device",
  };
  return known[code] ?? (code || "unknown error");
}
