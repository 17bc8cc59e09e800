/** Runs the real interface in a terminal in memory, with a scripted drill behind it. */
import type { Outcome } from "../../source/ui/control/farewell.ts";
import { runUi, type UiOptions } from "../../source/ui/run.tsx";
import { waitFor } from "../helpers/wait-for.ts";
import type { ScriptedLaunch } from "./scripted.ts";
import { type MemoryTerminal, memoryTerminal } from "./terminal.ts";

export interface OpenUi {
  readonly terminal: MemoryTerminal;
  readonly outcome: Promise<Outcome>;
  readonly exports: string[];
  /** Types, a key at a time. */
  keys(...keys: readonly string[]): Promise<void>;
  /** Waits until the screen shows the text. */
  shows(text: string): Promise<readonly string[]>;
  close(): Promise<Outcome>;
}

export interface OpenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly now?: () => number;
  readonly more?: Partial<UiOptions>;
}

export function openUi(launch: ScriptedLaunch, options: OpenOptions = {}): OpenUi {
  const { columns = 100, rows = 30, now, more } = options;
  const terminal = memoryTerminal(columns, rows);
  const stop = new AbortController();
  const exports: string[] = [];
  const outcome = runUi(launch, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    operatorDefault: "Robin",
    env: { LANG: "C.UTF-8" },
    // The test runner's console cannot be patched.
    patchConsole: false,
    signal: stop.signal,
    expandText: (text, state) =>
      text.replace(/\$\{(\w+)\}/g, (whole, name: string) => state.values[name] ?? whole),
    exportEntry: async (format, file) => {
      exports.push(`${format} ${file}`);
      return { ok: true, value: file };
    },
    ...(now === undefined ? {} : { now }),
    ...more,
  });
  let crash: unknown;
  outcome.catch((error: unknown) => {
    crash = error;
  });
  const shows = (text: string) =>
    waitFor(async () => {
      if (crash !== undefined) return [`crashed: ${String(crash)}`];
      const screen = await terminal.screen();
      if (!screen.join("\n").includes(text)) {
        throw new Error(`"${text}" is not on the screen:\n${screen.join("\n")}`);
      }
      return screen;
    }, 20);
  return {
    terminal,
    outcome,
    exports,
    shows,
    async keys(...keys) {
      for (const key of keys) {
        terminal.type(key);
        // Each on its own: what is read in one go counts as one.
        await waitFor(() => {
          if (terminal.stdin.readableLength > 0) throw new Error("not read yet");
        });
        await new Promise(setImmediate);
      }
    },
    close() {
      stop.abort();
      return outcome;
    },
  };
}
