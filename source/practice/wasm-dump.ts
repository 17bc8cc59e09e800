/**
 * pg_dump without a pg_dump: for the practice server, and where a host's own is missing or older
 * than the server. Works in memory, writes plain SQL with INSERTs, and loses the sign of float -0.
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import type { DumpRequest, ToolOutcome } from "../environment/target.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { entryPoint } from "./entry-points.ts";
import { databaseBytes, type Login } from "./login.ts";
import type { WasmDumpResult, WasmDumpWork } from "./wasm-dump-protocol.ts";
import { WireRelay } from "./wire-relay.ts";

/** Of `pg_database_size`. All of the dump is in memory, a few times over. */
export const WASM_DUMP_LIMIT_BYTES = 256 * 1024 * 1024;

export interface WasmDumpIo {
  readonly signal: AbortSignal;
  /** Bytes that came from the server so far. */
  progress(bytes: number): void;
  /** Largest database it takes on; default `WASM_DUMP_LIMIT_BYTES`. */
  readonly limitBytes?: number;
}

/** As the journal shows it. */
export function describeWasmDump(request: DumpRequest): string {
  const snapshot = request.snapshot === undefined ? "" : ` --snapshot=${request.snapshot}`;
  return `pg_dump (WebAssembly, @electric-sql/pglite-tools) --format=plain --inserts --rows-per-insert=500 --encoding=UTF8${snapshot} --file=${JSON.stringify(request.file)} --dbname=${JSON.stringify(request.database)}`;
}

export async function wasmDump(
  login: Login,
  request: DumpRequest,
  io: WasmDumpIo,
): Promise<Result<ToolOutcome>> {
  const started = performance.now();
  const limit = io.limitBytes ?? WASM_DUMP_LIMIT_BYTES;
  const fits = await checkFits(login, request, limit);
  if (!fits.ok) return fits;
  if (io.signal.aborted) return cancelled();
  const file = await createFile(request.file);
  if (!file.ok) return file;
  const dumped = await dumpInThread(login, request, io);
  const written = dumped.ok ? await write(file.value, dumped.value) : dumped;
  await file.value.close();
  if (!written.ok) {
    await rm(request.file, { force: true });
    return written;
  }
  return ok({
    tool: `pg_dump (PostgreSQL) ${versionIn(written.value)} (WebAssembly)`,
    exit: 0,
    stderr: [],
    seconds: (performance.now() - started) / 1_000,
  });
}

async function checkFits(login: Login, request: DumpRequest, limit: number): Promise<Result<void>> {
  if (request.format !== "plain") {
    return fail({
      code: "unusable",
      message: `The built-in pg_dump writes plain SQL only, not the ${request.format} format.`,
      hint: "Install PostgreSQL's client tools of the server's version or later, or choose the format plain.",
    });
  }
  const bytes = await databaseBytes(login, request.database);
  if (!bytes.ok) return bytes;
  if (bytes.value <= limit) return ok(undefined);
  const mib = (count: number): string => `${Math.round(count / 1024 / 1024)} MiB`;
  return fail({
    code: "unusable",
    message: `Database ${JSON.stringify(request.database)} is ${mib(bytes.value)}; the built-in pg_dump works in memory and stops at ${mib(limit)}.`,
    hint: "Install PostgreSQL's client tools of the server's version or later.",
  });
}

function dumpInThread(
  login: Login,
  request: DumpRequest,
  io: WasmDumpIo,
): Promise<Result<Uint8Array>> {
  const relay = new WireRelay(login, io.progress);
  const { port1: wire, port2 } = new MessageChannel();
  const answers = new SharedArrayBuffer(4);
  const work: WasmDumpWork = { arguments: dumpArguments(login, request), wire: port2, answers };
  const worker = new Worker(entryPoint("wasm-dump-worker"), {
    workerData: work,
    transferList: [port2],
    // What Node was told for this process (a test runner's loader, say) is not for the thread.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  wire.on("message", async (bytes: Uint8Array) => {
    wire.postMessage(await relay.exchange(bytes));
    const counter = new Int32Array(answers);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  });
  return new Promise((resolve) => {
    let finished = false;
    const finish = async (result: Result<Uint8Array>): Promise<void> => {
      if (finished) return;
      finished = true;
      io.signal.removeEventListener("abort", abort);
      wire.close();
      relay.close();
      await worker.terminate();
      resolve(result);
    };
    const abort = (): void => {
      relay.cancel();
      void finish(cancelled());
    };
    io.signal.addEventListener("abort", abort, { once: true });
    worker.once("message", (result: WasmDumpResult) => {
      void finish(
        result.ok ? ok(result.dump) : fail(dumpFailed(result.message, login, relay.gone)),
      );
    });
    worker.once("error", (error) => {
      void finish(fail(dumpFailed(String(error), login, relay.gone)));
    });
    worker.once("exit", (exit) => {
      void finish(fail(dumpFailed(`its thread ended with exit ${exit}`, login, relay.gone)));
    });
    if (io.signal.aborted) abort();
  });
}

/** `-U postgres` and `-f` come from pglite-tools; what the connection string says wins. */
function dumpArguments(login: Login, request: DumpRequest): readonly string[] {
  const settings = {
    user: login.user,
    password: login.password,
    dbname: request.database,
    sslmode: "disable",
    application_name: "restore-drill pg_dump",
    options: "-c default_transaction_read_only=on",
  };
  const connection = Object.entries(settings).map(
    ([name, value]) => `${name}='${value.replaceAll(/[\\']/g, "\\$&")}'`,
  );
  const dump = ["--format=plain", "--rows-per-insert=500", "--encoding=UTF8", "--no-sync"];
  if (request.snapshot !== undefined) dump.push(`--snapshot=${request.snapshot}`);
  return [`--dbname=${connection.join(" ")}`, ...dump];
}

async function createFile(path: string): Promise<Result<FileHandle>> {
  try {
    return ok(await open(path, "wx", 0o600));
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The backup file ${JSON.stringify(path)} could not be created: ${reasonOf(error)}`,
      hint: "It must not exist, and its directory must be writable.",
    });
  }
}

async function write(file: FileHandle, dump: Uint8Array): Promise<Result<Uint8Array>> {
  try {
    await file.writeFile(dump);
    await file.sync();
    return ok(dump);
  } catch (error) {
    return fail({
      code: "failed",
      message: `The backup file could not be written: ${reasonOf(error)}`,
      hint: "Check the free space where backups go.",
    });
  }
}

function versionIn(dump: Uint8Array): string {
  const header = new TextDecoder().decode(dump.subarray(0, 1_000));
  return /^-- Dumped by pg_dump version (\S+)/m.exec(header)?.[1] ?? "of unknown version";
}

function dumpFailed(message: string, login: Login, gone: string | undefined): Problem {
  const reason = message
    .replace(/^pg_dump failed with exit code (\d+)\. \nError message: /, "exit $1, ")
    .replaceAll(login.password || "\0", "***");
  const connection = gone === undefined ? "" : ` (connection: ${gone})`;
  return {
    code: "failed",
    message: `The built-in pg_dump failed: ${reason.trim()}${connection}`,
    hint: "No backup file was left behind; read the message, put it right and retry.",
  };
}

function cancelled<T>(): Result<T> {
  return fail({
    code: "interrupted",
    message: "The dump was cancelled.",
    hint: "No backup file was left behind.",
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
