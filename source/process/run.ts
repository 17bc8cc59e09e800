/** Runs child processes, each in a process group of its own, with bounded memory. */
import type { ReadStream, WriteStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Duplex } from "node:stream";
import { execa } from "execa";
import { fail, ok, type Result } from "../problem.ts";
import { delay, endGroup, groupAlive } from "./group.ts";
import { canLeash, LEASH, leashedCommand, letGo } from "./leash.ts";
import { createLineSplitter } from "./lines.ts";
import type { ProcessApi, ProcessOutcome, ProcessRequest, RunningProcess } from "./process.ts";
import { spawnProblem, streamProblem } from "./spawn-problem.ts";
import { createTail, type Tail } from "./tail.ts";

/** SIGTERM to SIGKILL, unless the caller says otherwise. */
const GRACE_SECONDS = 5;
/** What a child left in the background may still write after the child itself ended. */
const DRAIN_MS = 2_000;
/** Longest delay of a Node timer. */
const LONGEST_MS = 2 ** 31 - 1;

export const processes: ProcessApi = { start, run };

async function run(request: ProcessRequest): Promise<Result<ProcessOutcome>> {
  const started = await start(request);
  return started.ok ? ok(await started.value.exited) : started;
}

async function start(request: ProcessRequest): Promise<Result<RunningProcess>> {
  if (request.signal?.aborted) {
    return fail({ code: "interrupted", message: `${request.command[0]} was not started.` });
  }
  const files = await openStreams(request);
  if (!files.ok) return files;
  const since = performance.now();
  const leashed = request.leashed === true && (await canLeash(request, childPath().PATH));
  const child = spawn(request, files.value, leashed);
  await files.value.close();
  if (child.pid === undefined) {
    const ended = await child;
    if (request.stdout !== undefined) await rm(request.stdout, { force: true });
    return fail(await spawnProblem(request, ended.cause ?? ended));
  }
  return ok(follow({ request, child, pid: child.pid, since }));
}

interface Streams {
  readonly stdin: ReadStream | undefined;
  readonly stdout: WriteStream | undefined;
  close(): Promise<void>;
}

async function openStreams(request: ProcessRequest): Promise<Result<Streams>> {
  let stdin: FileHandle | undefined;
  try {
    stdin = request.stdin === undefined ? undefined : await open(request.stdin, "r");
  } catch (error) {
    return fail(streamProblem("read", request.stdin ?? "", error));
  }
  try {
    const stdout =
      request.stdout === undefined ? undefined : await open(request.stdout, "wx", 0o600);
    const input = stdin?.createReadStream({ autoClose: false });
    const output = stdout?.createWriteStream({ autoClose: false });
    return ok({
      stdin: input,
      stdout: output,
      // The child has descriptors of its own by now.
      async close() {
        input?.destroy();
        output?.destroy();
        await Promise.all([stdin?.close(), stdout?.close()]);
      },
    });
  } catch (error) {
    await stdin?.close();
    return fail(streamProblem("write", request.stdout ?? "", error));
  }
}

function spawn(request: ProcessRequest, files: Streams, leashed: boolean) {
  const [program, ...args] = leashed ? leashedCommand(request.command) : request.command;
  const removed = (request.unset ?? []).map((name) => [name, undefined] as const);
  return execa(program, args, {
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.uid === undefined ? {} : { uid: request.uid }),
    ...(request.gid === undefined ? {} : { gid: request.gid }),
    env: { ...Object.fromEntries(removed), ...childPath(), ...request.env },
    stdio: [
      files.stdin ?? (request.held === true ? "pipe" : "ignore"),
      files.stdout ?? "pipe",
      "pipe",
      ...(leashed ? (["pipe"] as const) : []),
    ],
    buffer: false,
    reject: false,
    // A group of its own, so that everything a script started can be ended with it.
    killDescendants: true,
    forceKillAfterDelay: GRACE_SECONDS * 1000,
  });
}

/** Scripts find the Node this tool runs on before an older one of the system. */
function childPath(): { readonly PATH: string } {
  const path = process.env.PATH ?? "";
  return { PATH: `${dirname(process.execPath)}${path === "" ? "" : `:${path}`}` };
}

interface Followed {
  readonly request: ProcessRequest;
  readonly child: ReturnType<typeof spawn>;
  readonly pid: number;
  readonly since: number;
}

function follow(followed: Followed): RunningProcess {
  const { request, child, pid, since } = followed;
  const stdout = listen(followed, "stdout");
  const stderr = listen(followed, "stderr");
  let over = false;
  // Once all of it is gone, the id may be given to a stranger.
  const end = async (grace: number) => (over ? undefined : endGroup(pid, grace));
  const limits = watchLimits(request, () => void end(GRACE_SECONDS));
  holdInput(child);
  holdLeash(child);
  child.nodeChildProcess.once("exit", () => void drain(followed));

  const exited = child.then(async (ended): Promise<ProcessOutcome> => {
    limits.stop();
    if (groupAlive(pid)) await end(GRACE_SECONDS);
    over = true;
    stdout.end();
    stderr.end();
    return {
      exit: ended.exitCode ?? null,
      signal: ended.signal ?? null,
      ...limits.reached,
      seconds: (performance.now() - since) / 1000,
      stdout: stdout.text(),
      stderr: stderr.text(),
    };
  });
  return {
    pid,
    exited,
    async stop(graceSeconds = GRACE_SECONDS) {
      await end(graceSeconds);
      return exited;
    },
  };
}

function holdInput({ stdin, nodeChildProcess }: Followed["child"]): void {
  if (stdin === null) return;
  // A child that ended is no error of its input.
  stdin.on("error", () => {});
  nodeChildProcess.once("exit", () => stdin.destroy());
}

function holdLeash({ nodeChildProcess: child }: Followed["child"]): void {
  const pipe = child.stdio[LEASH];
  if (!(pipe instanceof Duplex)) return;
  // Whoever killed the group killed the watcher as well.
  pipe.on("error", () => {});
  child.once("exit", () => letGo(pipe));
}

interface Limits {
  readonly reached: { readonly timedOut: boolean; readonly cancelled: boolean };
  stop(): void;
}

function watchLimits(request: ProcessRequest, end: () => void): Limits {
  const reached = { timedOut: false, cancelled: false };
  const reach = (what: keyof typeof reached) => {
    reached[what] = true;
    end();
  };
  const { signal, timeoutSeconds } = request;
  const onAbort = () => reach("cancelled");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const ms = timeoutSeconds === undefined ? undefined : Math.min(timeoutSeconds * 1000, LONGEST_MS);
  const timer = ms === undefined ? undefined : setTimeout(() => reach("timedOut"), ms);
  return {
    reached,
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

interface Listener extends Pick<Tail, "text"> {
  end(): void;
}

function listen(followed: Followed, name: "stdout" | "stderr"): Listener {
  const tail = createTail();
  const { request, child } = followed;
  const lines = createLineSplitter((text) => request.onLine?.(name, text));
  child[name]?.on("data", (chunk: Uint8Array | string) => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    tail.write(bytes);
    lines.write(bytes);
  });
  return { text: tail.text, end: lines.end };
}

/** A step's processes never outlive it, nor may one that fled the group keep its output open. */
async function drain({ child, pid }: Followed): Promise<void> {
  const open = () => [child.stdout, child.stderr].some((stream) => stream?.closed === false);
  const until = performance.now() + DRAIN_MS;
  while (open() && performance.now() < until) await delay(20);
  if (!open()) return;
  await endGroup(pid, GRACE_SECONDS);
  await delay(50);
  child.stdout?.destroy();
  child.stderr?.destroy();
}
