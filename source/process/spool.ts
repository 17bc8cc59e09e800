/** Output on disk: one private file for each attempt of a step. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { OutputSummary } from "../drill/types.ts";
import type { OutputLine } from "../engine/interface.ts";
import type { Spool, SpoolPort } from "../engine/ports.ts";
import { errorCode } from "./spawn-problem.ts";

export interface SpoolOptions {
  /** Bytes of one attempt; what goes beyond is counted and left out. Default 256 MiB. */
  readonly limit?: number;
  /** Default `fs.writeSync`. */
  readonly write?: (descriptor: number, bytes: Uint8Array) => number;
}

const LIMIT = 256 * 1024 * 1024;
const BATCH_BYTES = 64 * 1024;
/** Lines reach the disk at the latest after this, so that a crash loses little. */
const BATCH_MS = 250;

/**
 * Files are `<step>.<attempt>.log`, a line each with its stream in front. A full disk never
 * costs a step its outcome: the digest is of what was written, and a last line says what is missing.
 */
export function createSpool(directory: string, options: SpoolOptions = {}): SpoolPort {
  return {
    async open(step, attempt) {
      const name = `${encodeURIComponent(step)}.${attempt}`;
      const descriptor = openFresh(directory, name);
      return new FileSpool(descriptor, options.limit ?? LIMIT, options.write ?? writeSync);
    },
  };
}

/** Where an attempt's output is. */
export function spoolFile(directory: string, step: string, attempt: number): string {
  return join(directory, `${encodeURIComponent(step)}.${attempt}.log`);
}

/** An earlier file of the same name is evidence, and stays. undefined when there can be none. */
function openFresh(directory: string, name: string): number | undefined {
  for (let copy = 1; copy < 100; copy += 1) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return openSync(join(directory, `${name}${copy === 1 ? "" : `~${copy}`}.log`), "wx", 0o600);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") return undefined;
    }
  }
  return undefined;
}

const MARKS = { stdout: "out| ", stderr: "err| ", note: "note| " } as const;

class FileSpool implements Spool {
  readonly #descriptor: number | undefined;
  readonly #limit: number;
  readonly #write: (descriptor: number, bytes: Uint8Array) => number;
  readonly #hash = createHash("sha256");
  #pending = "";
  #accepted = 0;
  #bytes = 0;
  #endsWhole = true;
  #lines = 0;
  #leftOut = 0;
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #summary: OutputSummary | undefined;

  constructor(
    descriptor: number | undefined,
    limit: number,
    write: (descriptor: number, bytes: Uint8Array) => number,
  ) {
    this.#descriptor = descriptor;
    this.#limit = limit;
    this.#write = write;
  }

  write({ stream, text }: OutputLine): void {
    if (this.#summary !== undefined) return;
    const line = `${MARKS[stream]}${text.replaceAll("\n", "\u240a")}\n`;
    this.#accepted += Buffer.byteLength(line);
    if (this.#accepted > this.#limit || this.#failure !== undefined) {
      this.#leftOut += 1;
      return;
    }
    this.#pending += line;
    this.#lines += 1;
    if (this.#pending.length >= BATCH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS).unref();
  }

  async close(): Promise<OutputSummary> {
    this.#summary ??= this.#end();
    return this.#summary;
  }

  #end(): OutputSummary {
    this.#flush();
    this.#sayWhatIsMissing();
    if (this.#descriptor !== undefined) {
      try {
        fsyncSync(this.#descriptor);
      } catch {
        // Output is evidence, not fact: the digest tells later whether it is all there.
      }
      closeSync(this.#descriptor);
    }
    const digest = `sha256:${this.#hash.digest("hex")}`;
    return { digest, bytes: this.#bytes, lines: this.#lines };
  }

  #sayWhatIsMissing(): void {
    if (this.#leftOut === 0 && this.#failure === undefined) return;
    const reason = this.#failure ?? `only ${this.#limit} bytes of an attempt are kept`;
    this.#failure = undefined;
    const cut = this.#endsWhole ? "" : "\n";
    this.#pending = `${cut}note| ${this.#leftOut} lines are missing here: ${reason}\n`;
    this.#lines += 1;
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    if (bytes.length === 0) return;
    const written = this.#put(bytes);
    this.#hash.update(bytes.subarray(0, written));
    this.#bytes += written;
    if (written > 0) this.#endsWhole = bytes[written - 1] === 10;
    if (written < bytes.length) {
      const lost = countLines(bytes.subarray(written));
      this.#lines -= lost;
      this.#leftOut += lost;
    }
  }

  #put(bytes: Uint8Array): number {
    let written = 0;
    try {
      if (this.#descriptor === undefined) throw new Error("the file could not be made");
      while (written < bytes.length) {
        written += this.#write(this.#descriptor, bytes.subarray(written));
      }
    } catch (error) {
      const code = errorCode(error);
      this.#failure = code === "ENOSPC" ? "no space is left on the device" : reasonOf(error);
    }
    return written;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function countLines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
}
