/** A terminal in memory: what the app writes is shown by a real emulator, what is typed is read. */
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import xterm from "@xterm/headless";

export interface MemoryTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** What is on the screen now, line by line, once everything written is shown. */
  screen(): Promise<readonly string[]>;
  /** Lines that ran over the right edge, or scrolled out at the top: there must be none. */
  broken(): Promise<readonly string[]>;
  /** Everything written, escape codes and all. */
  written(): string;
}

/** The few parts of a terminal stream that Ink and the app use. */
class Output extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly fd = 1;
  columns: number;
  rows: number;
  readonly chunks: string[] = [];
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(terminal: InstanceType<typeof xterm.Terminal>, columns: number, rows: number) {
    super();
    this.#terminal = terminal;
    this.columns = columns;
    this.rows = rows;
  }

  write(chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean {
    this.chunks.push(String(chunk));
    const callback = rest.find((one): one is () => void => typeof one === "function");
    // A terminal turns a line feed into a new line; the emulator alone does not.
    this.#terminal.write(String(chunk).replace(/\r?\n/g, "\r\n"), () => callback?.());
    return true;
  }

  getWindowSize(): [number, number] {
    return [this.columns, this.rows];
  }
}

function input(): PassThrough {
  const stream = new PassThrough();
  return Object.assign(stream, {
    isTTY: true,
    setRawMode: () => stream,
    ref: () => stream,
    unref: () => stream,
  });
}

export function memoryTerminal(columns: number, rows: number): MemoryTerminal {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 50,
    allowProposedApi: true,
  });
  const output = new Output(terminal, columns, rows);
  const stdin = input();
  const settled = () => new Promise<void>((resolve) => terminal.write("", resolve));
  const lines = async (): Promise<readonly string[]> => {
    await settled();
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, index) =>
      (active.getLine(active.baseY + index)?.translateToString(true) ?? "").trimEnd(),
    );
  };
  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: output as unknown as NodeJS.WriteStream,
    type: (text) => void stdin.write(text),
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      output.columns = nextColumns;
      output.rows = nextRows;
      output.emit("resize");
    },
    screen: lines,
    async broken() {
      await settled();
      const { active } = terminal.buffer;
      const wrapped = Array.from({ length: active.length }, (_, index) => active.getLine(index))
        .filter((line) => line?.isWrapped === true)
        .map((line) => `wrapped: ${line?.translateToString(true) ?? ""}`);
      return active.baseY === 0 ? wrapped : [...wrapped, `scrolled by ${active.baseY}`];
    },
    written: () => output.chunks.join(""),
  };
}
