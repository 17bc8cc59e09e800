/**
 * Entry file of a thread. Runs PostgreSQL's own pg_dump, compiled to WebAssembly. It is
 * synchronous, so each exchange with the server puts this thread to sleep until its owner answers.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { WasmDumpResult, WasmDumpWork } from "./wasm-dump-protocol.ts";

const work: WasmDumpWork = workerData;
const answers = new Int32Array(work.answers);
let seen = 0;

/** As much of a PGlite as `pgDump()` asks for. */
const server = {
  execProtocolRawStream(bytes: Uint8Array, options: { onRawData(bytes: Uint8Array): void }): void {
    // The bytes lie in WASM memory that the next call overwrites.
    work.wire.postMessage(Uint8Array.from(bytes));
    Atomics.wait(answers, 0, seen);
    seen += 1;
    const answer: { message: Uint8Array } | undefined = receiveMessageOnPort(work.wire);
    if (answer !== undefined && answer.message.length > 0) options.onRawData(answer.message);
  },
  query: () => Promise.resolve({ rows: [{ search_path: "" }] }),
  exec: () => Promise.resolve([]),
};

async function dump(): Promise<WasmDumpResult> {
  const tools: { readonly pgDump?: unknown } = await import("@electric-sql/pglite-tools");
  if (typeof tools.pgDump !== "function") {
    return { ok: false, message: "@electric-sql/pglite-tools has no pgDump" };
  }
  const text = keepRestrictLines();
  try {
    await Reflect.apply(tools.pgDump, undefined, [{ pg: server, args: [...work.arguments] }]);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  const whole = text();
  if (whole === undefined) return { ok: false, message: "pgDump() gave no text" };
  return { ok: true, dump: new TextEncoder().encode(whole) };
}

/**
 * pgDump() removes every line that starts with `\restrict` before it hands over the dump, also
 * inside row values, which would be silent loss. This catches the text at that very moment, in
 * this thread only, and returns the way to get it.
 */
function keepRestrictLines(): () => string | undefined {
  const original = String.prototype.replace;
  let text: string | undefined;
  Object.defineProperty(String.prototype, "replace", {
    configurable: true,
    writable: true,
    value(this: string, pattern: unknown, ...rest: unknown[]): string {
      if (!(pattern instanceof RegExp && pattern.source.includes("restrict"))) {
        return Reflect.apply(original, this, [pattern, ...rest]);
      }
      text = String(this);
      return "";
    },
  });
  return () => text;
}

const result = await dump();
parentPort?.postMessage(result, result.ok ? [result.dump.buffer] : []);
