/** Carries a synchronous client's bytes to a server and brings back whole answers. */
import { connect, type Socket } from "node:net";
import { ClientFrames, cancelRequest, type Owed, ServerFrames } from "./wire-frames.ts";

export interface RelayAddress {
  /** Host name, address, or socket directory. */
  readonly host: string;
  readonly port: number;
}

export class WireRelay {
  readonly #address: RelayAddress;
  readonly #socket: Socket;
  readonly #client = new ClientFrames();
  readonly #server = new ServerFrames();
  readonly #onBytes: (total: number) => void;
  #chunks: Uint8Array[] = [];
  #received = 0;
  #owed: Owed = "nothing";
  #complete = false;
  #gone: string | undefined;
  #wake: (() => void) | undefined;

  constructor(address: RelayAddress, onBytes: (total: number) => void) {
    this.#address = address;
    this.#onBytes = onBytes;
    this.#socket = open(address);
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#end(error.message));
    this.#socket.on("close", () => this.#end("the server closed the connection"));
  }

  /** Why there is no connection any more. */
  get gone(): string | undefined {
    return this.#gone;
  }

  /** The server's whole answer to these bytes; empty when they have none, or nobody is there. */
  async exchange(bytes: Uint8Array): Promise<Uint8Array> {
    this.#owed = this.#client.push(bytes);
    this.#complete = this.#owed === "nothing";
    if (this.#gone === undefined) this.#socket.write(bytes);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#settle();
    });
    const answer = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return answer;
  }

  /** Ends the connection and what the server still does for it. */
  cancel(): void {
    this.#socket.destroy();
    const key = this.#server.key;
    if (key === undefined) return;
    const socket = open(this.#address);
    socket.on("error", () => {});
    socket.end(cancelRequest(key));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    this.#received += chunk.length;
    this.#chunks.push(chunk);
    this.#complete = this.#owed === "one-byte" || this.#server.push(chunk);
    this.#onBytes(this.#received);
    this.#settle();
  }

  #end(reason: string): void {
    this.#gone ??= reason;
    this.#settle();
  }

  #settle(): void {
    if (!this.#complete && this.#gone === undefined) return;
    this.#wake?.();
    this.#wake = undefined;
  }
}

function open({ host, port }: RelayAddress): Socket {
  const socket = host.startsWith("/")
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : connect({ host, port, noDelay: true });
  return socket;
}
