/** What the thread that runs pg_dump and its owner say to each other. */
import type { MessagePort } from "node:worker_threads";

export interface WasmDumpWork {
  /** For pg_dump. */
  readonly arguments: readonly string[];
  /** The thread posts what it wants to send, and sleeps until the answer is posted. */
  readonly wire: MessagePort;
  /** One 32-bit counter of answers. */
  readonly answers: SharedArrayBuffer;
}

export type WasmDumpResult =
  | { readonly ok: true; readonly dump: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly message: string };
