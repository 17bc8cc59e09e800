/** Just enough of PostgreSQL's wire protocol to know when a client waits and when it is answered. */

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** What the other side owes after the bytes seen so far. */
export type Owed = "nothing" | "one-byte" | "answer";

/** Follows what a client sends; `Query`, `Sync` and authentication make it wait. */
export class ClientFrames {
  #pending = Buffer.alloc(0);
  #started = false;

  push(bytes: Uint8Array): Owed {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    let owed: Owed = "nothing";
    for (;;) {
      const header = this.#started ? 1 : 0;
      if (this.#pending.length < header + 4) return owed;
      const length = header + this.#pending.readUInt32BE(header);
      if (this.#pending.length < length) return "nothing";
      owed = this.#started ? owedAfter(this.#pending[0]) : this.#begin();
      this.#pending = this.#pending.subarray(length);
    }
  }

  /** Startup packets have no type; a request for encryption is answered with one letter. */
  #begin(): Owed {
    const code = this.#pending.readUInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return "one-byte";
    this.#started = true;
    return "answer";
  }
}

function owedAfter(type: number | undefined): Owed {
  const waits = type !== undefined && "QSpF".includes(String.fromCharCode(type));
  return waits ? "answer" : "nothing";
}

/** For a CancelRequest. */
export interface BackendKey {
  readonly processId: number;
  readonly secret: Uint8Array;
}

/** Follows what a server sends. */
export class ServerFrames {
  #pending = Buffer.alloc(0);
  key: BackendKey | undefined;

  /** True when the last complete frame hands the turn to the client and nothing is half sent. */
  push(bytes: Uint8Array): boolean {
    let answered = false;
    this.#pending = this.#pending.length === 0 ? Buffer.from(bytes) : this.#joined(bytes);
    while (this.#pending.length >= 5) {
      const length = 1 + this.#pending.readUInt32BE(1);
      if (this.#pending.length < length) break;
      answered = this.#read(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
    return answered && this.#pending.length === 0;
  }

  #joined(bytes: Uint8Array): Buffer<ArrayBuffer> {
    return Buffer.concat([this.#pending, bytes]);
  }

  #read(frame: Buffer): boolean {
    const type = String.fromCharCode(frame[0] ?? 0);
    if (type === "K") {
      this.key = { processId: frame.readUInt32BE(5), secret: Uint8Array.from(frame.subarray(9)) };
    }
    if (type === "R") return asksToAuthenticate(frame.readUInt32BE(5));
    return type === "Z" || type === "G";
  }
}

/** 0 says that it went well, 12 is the last word of SCRAM: after both, more follows. */
function asksToAuthenticate(code: number): boolean {
  return code !== 0 && code !== 12;
}

export function cancelRequest(key: BackendKey): Buffer {
  const request = Buffer.alloc(12 + key.secret.length);
  request.writeUInt32BE(request.length, 0);
  request.writeUInt32BE(80_877_102, 4);
  request.writeUInt32BE(key.processId, 8);
  request.set(key.secret, 12);
  return request;
}
