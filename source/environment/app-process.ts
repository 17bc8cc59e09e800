/** The app on this host, started against a restored database. */
import { randomUUID } from "node:crypto";
import { fail, ok, type Result } from "../problem.ts";
import { delay, endGroup } from "../process/group.ts";
import { carriersOf, type ProcessFacts, processFacts, stillLives } from "../process/identity.ts";
import { processes } from "../process/run.ts";
import { shellAssignments, shellCommand, shellWord } from "../process/shell-quote.ts";
import { claimPort } from "./port.ts";
import type { AppRequest, StartedApp, WorkIo } from "./target.ts";

export interface AppStart {
  /** A bash script that reads PORT and DATABASE_URL. */
  readonly command: string;
  readonly project: string;
  readonly databaseUrl: string;
  /** More variables for the script. */
  readonly env: Readonly<Record<string, string>>;
}

/** As the journal shows it: the address of the database is secret, its name is not. */
export function describeAppStart(command: string, request: AppRequest): string {
  const variables = {
    PORT: request.port === 0 ? "0" : String(request.port),
    RESTORE_DB: request.database,
  };
  const words = ["bash", "-euo", "pipefail", "-c", command];
  const hidden = Object.keys(request.secrets ?? {}).map((name) => `${shellWord(name)}=••••`);
  return ["DATABASE_URL=••••", ...hidden, ...shellAssignments(variables), shellCommand(words)].join(
    " ",
  );
}

export async function startAppProcess(
  start: AppStart,
  request: AppRequest,
  io: WorkIo,
): Promise<Result<StartedApp>> {
  const port = await claimPort(request.port);
  if (!port.ok) return port;
  const token = request.token ?? randomUUID();
  const started = await processes.start({
    command: ["bash", "-euo", "pipefail", "-c", start.command],
    cwd: start.project,
    env: {
      ...start.env,
      [TOKEN]: token,
      RESTORE_DB: request.database,
      PORT: String(port.value),
      DATABASE_URL: start.databaseUrl,
    },
    signal: io.signal,
    onLine: (stream, text) => io.line(stream, text),
  });
  if (!started.ok) return started;
  const facts = await processFacts(started.value.pid);
  return ok({
    url: `http://127.0.0.1:${port.value}`,
    process: started.value,
    undo: { ...facts, token },
  });
}

/**
 * Ends the process and its group, if it is still the one that was started, and what it left
 * behind: children keep the token in their environment when their parent is gone.
 */
export async function stopRecordedProcess(
  undo: Readonly<Record<string, string>>,
): Promise<Result<string>> {
  const facts = factsOf(undo);
  const leader = facts !== undefined && (await stillLives(facts)) ? Number(facts.pid) : undefined;
  const orphans = await livingOf(undo.token);
  if (leader === undefined && orphans.length === 0) return ok("it has ended already");
  if (leader !== undefined) await endGroup(leader, GRACE_SECONDS);
  await endEach(undo.token);
  const left = await livingOf(undo.token);
  const leaderLeft = facts !== undefined && (await stillLives(facts)) ? [Number(facts.pid)] : [];
  const all = [...new Set([...leaderLeft, ...left])];
  if (all.length === 0) return ok(`process ${leader ?? orphans.join(", ")} was stopped`);
  return fail({
    code: "failed",
    message: `Process ${all.join(", ")} does not end.`,
    hint: `Look at it with ps -p ${all.join(",")}, end it, then clean up again.`,
  });
}

/** Whether the process, or anything it started, still lives. */
export async function recordedProcessRuns(
  undo: Readonly<Record<string, string>>,
): Promise<Result<boolean>> {
  const facts = factsOf(undo);
  if (facts !== undefined && (await stillLives(facts))) return ok(true);
  return ok((await livingOf(undo.token)).length > 0);
}

export const TOKEN = "RESTORE_DRILL_APP";
const GRACE_SECONDS = 5;

async function livingOf(token: string | undefined): Promise<readonly number[]> {
  return token === undefined || token === "" ? [] : carriersOf(TOKEN, token);
}

async function endEach(token: string | undefined): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of await livingOf(token)) signalOne(pid, signal);
    const until = performance.now() + GRACE_SECONDS * 1000;
    while ((await livingOf(token)).length > 0 && performance.now() < until) await delay(50);
  }
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

function factsOf(undo: Readonly<Record<string, string>>): ProcessFacts | undefined {
  const { pid = "", started, boot = "" } = undo;
  // 0 and 1 are whole groups of others; nothing but a plain number is a pid.
  if (!/^[1-9]\d*$/.test(pid) || Number(pid) <= 1 || started === undefined) return undefined;
  return { pid, started, boot };
}
