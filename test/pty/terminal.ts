/** The real tool in a real pseudo-terminal, and what its screen shows. */
import pty from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { expect } from "vitest";
import { ENTRY, temporaryOf } from "../helpers/cli.ts";
import { waitFor } from "../helpers/wait-for.ts";

export interface PtyOptions {
  readonly home: string;
  /** Unless given, the home. */
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PtyApp {
  /** Waits until the screen shows it. */
  shows(text: string | RegExp): Promise<void>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  screen(): string;
  /** Everything that was ever written, escape codes and all. */
  raw(): string;
  readonly exit: Promise<number>;
}

export function startInTerminal(args: readonly string[], options: PtyOptions): PtyApp {
  const { home, cwd = home, columns = 100, rows = 30, env = {} } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const app = pty.spawn(process.execPath, [ENTRY, ...args], {
    cols: columns,
    rows,
    cwd,
    env: {
      ...process.env,
      RESTORE_DRILL_HOME: home,
      TMPDIR: temporaryOf(home),
      CI: "false",
      TERM: "xterm-256color",
      ...env,
    },
  });
  let raw = "";
  app.onData((data) => {
    raw += data;
    terminal.write(data);
  });
  const exit = new Promise<number>((resolve) => {
    app.onExit(({ exitCode }) => resolve(exitCode));
  });
  const screen = () => {
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, y) =>
      active.getLine(active.viewportY + y)?.translateToString(true),
    ).join("\n");
  };
  return {
    shows: (text) => waitFor(() => expect(screen()).toMatch(text), 50),
    type: (keys) => app.write(keys),
    resize(newColumns, newRows) {
      app.resize(newColumns, newRows);
      terminal.resize(newColumns, newRows);
    },
    kill: (signal) => app.kill(signal),
    screen,
    raw: () => raw,
    exit,
  };
}
