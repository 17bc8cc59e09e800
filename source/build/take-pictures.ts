/**
 * Runs the real app in a real pseudo-terminal, types what an operator would, and turns what the
 * terminal shows into SVG.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pty from "@lydell/node-pty";
import xterm, { type Terminal } from "@xterm/headless";
import { terminalSvg } from "./terminal-svg.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COLUMNS = 110;
const ROWS = 34;
const DEADLINE_MS = 90_000;

export interface Shot {
  /** Text the screen must show before the picture is taken. */
  readonly until: RegExp;
  /** Typed again and again until then. */
  readonly walk?: string;
  /** A file in source/ui/pictures. */
  readonly picture?: string;
  /** Keys typed afterwards. */
  readonly keys?: string;
}

export interface Sitting {
  /** Arguments of the tool. */
  readonly args: readonly string[];
  readonly directory: string;
  readonly home: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export async function takePictures(sitting: Sitting, shots: readonly Shot[]): Promise<void> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const app = pty.spawn(process.execPath, [join(root, "dist/restore-drill.js"), ...sitting.args], {
    cols: COLUMNS,
    rows: ROWS,
    cwd: sitting.directory,
    env: {
      ...(sitting.environment ?? process.env),
      RESTORE_DRILL_HOME: sitting.home,
      CI: "false",
      TERM: "xterm-256color",
      COLORTERM: "",
      FORCE_COLOR: "1",
    },
  });
  app.onData((data) => terminal.write(data));
  const ended = new Promise<void>((resolve) => {
    app.onExit(() => resolve());
  });
  try {
    for (const { until, walk, picture, keys } of shots) {
      const walking = walk === undefined ? undefined : setInterval(() => app.write(walk), WALK_MS);
      await shows(terminal, until).finally(() => clearInterval(walking));
      if (picture !== undefined) {
        await settles(terminal);
        const file = join(root, "source/ui/pictures", picture);
        writeFileSync(file, terminalSvg(terminal, "Restore Drill in a terminal"));
      }
      if (keys !== undefined) app.write(keys);
    }
  } finally {
    app.kill("SIGTERM");
    await ended;
  }
}

/** The screen has answered a key by then. */
const WALK_MS = 400;
const SETTLED_MS = 150;

/** A frame may come in several pieces. */
function settles(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      look.dispose();
      resolve();
    };
    let timer = setTimeout(done, SETTLED_MS);
    const look = terminal.onWriteParsed(() => {
      clearTimeout(timer);
      timer = setTimeout(done, SETTLED_MS);
    });
  });
}

function shows(terminal: Terminal, until: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = terminal.onWriteParsed(() => {
      if (until.test(textOf(terminal))) done();
    });
    const timer = setTimeout(() => {
      look.dispose();
      reject(new Error(`The screen never showed ${until}:\n${textOf(terminal)}`));
    }, DEADLINE_MS);
    const done = () => {
      clearTimeout(timer);
      look.dispose();
      resolve();
    };
    if (until.test(textOf(terminal))) done();
  });
}

function textOf(terminal: Terminal): string {
  const { active } = terminal.buffer;
  return Array.from({ length: ROWS }, (_, y) =>
    active.getLine(active.viewportY + y)?.translateToString(true),
  ).join("\n");
}
