/** Puts the screen up, and resolves when the operator left. */
import { render } from "ink";
import type { DrillState } from "../drill/state.ts";
import type { Launch } from "../engine/interface.ts";
import type { Result } from "../problem.ts";
import { App } from "./app.tsx";
import { Controller } from "./control/controller.ts";
import type { ExportFormat } from "./control/effects.ts";
import type { Outcome } from "./control/farewell.ts";
import { lineConsole } from "./linear/console.ts";
import { runLinear } from "./linear/run-linear.ts";
import { toAscii, wantsAscii } from "./text/glyphs.ts";
import type { Theme } from "./theme.ts";

export interface UiOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly operatorDefault: string;
  /** Variables of the drill put into a text (titles, human steps). Never secrets. */
  expandText(text: string, state: DrillState): string;
  /** Writes the signed entry to a file; says where. */
  exportEntry(format: ExportFormat, file: string): Promise<Result<string>>;
  /** Optional steps to skip, with the reason, as the command line gave them. */
  readonly skips?: Readonly<Record<string, string>>;
  /** Aborted when the process is told to end: the drill is left resumable. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Keeps what libraries print off the screen; default true. */
  readonly patchConsole?: boolean;
  now?(): number;
}

/** `exit` follows the exit code contract; the caller prints `farewell` and exits with it. */
export async function runUi(launch: Launch, options: UiOptions): Promise<Outcome> {
  const { stdin, stdout, env = process.env, signal } = options;
  const controller = new Controller({
    launch,
    operatorDefault: options.operatorDefault,
    skips: options.skips ?? {},
    expandText: (text, state) => options.expandText(text, state),
    exportEntry: (format, file) => options.exportEntry(format, file),
    now: options.now ?? Date.now,
  });
  const stop = () => void controller.leave("The app was told to end.");
  signal?.addEventListener("abort", stop);
  try {
    return await (wantsLines(env)
      ? runLinear(launch, controller, lineConsole(stdin, stdout, wantsAscii(env) ? toAscii : same))
      : onScreen(controller, options, env));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** A dumb terminal cannot be drawn on, a drawing cannot be read out, and NO_COLOR asks for plain text. */
function wantsLines(env: Env): boolean {
  const plain = (env.NO_COLOR ?? "") !== "";
  return plain || env.TERM === "dumb" || env.INK_SCREEN_READER === "true";
}

function same(text: string): string {
  return text;
}

async function onScreen(controller: Controller, options: UiOptions, env: Env): Promise<Outcome> {
  const { stdin, stdout } = options;
  const theme: Theme = { ascii: wantsAscii(env), links: true };
  const screen = render(<App controller={controller} theme={theme} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: options.patchConsole ?? true,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    maxFps: 30,
  });
  try {
    return await controller.finished;
  } finally {
    screen.unmount();
    await screen.waitUntilExit();
  }
}
