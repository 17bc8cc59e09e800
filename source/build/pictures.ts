/**
 * Draws the README's pictures: runs the real app in a real pseudo-terminal, types what an operator
 * would, and turns what the terminal shows into SVG.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pty from "@lydell/node-pty";
import xterm, { type Terminal } from "@xterm/headless";
import { terminalSvg } from "./terminal-svg.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COLUMNS = 110;
const ROWS = 34;
const DEADLINE_MS = 90_000;

interface Shot {
  /** Text the screen must show before the picture is taken. */
  readonly until: RegExp;
  readonly picture?: string;
  /** Keys typed afterwards. */
  readonly keys?: string;
}

async function takePictures(shots: readonly Shot[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "restore-drill-picture-"));
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const app = pty.spawn(
    process.execPath,
    [join(root, "dist/restore-drill.js"), "--operator", "Robin"],
    {
      cols: COLUMNS,
      rows: ROWS,
      cwd: home,
      env: {
        ...process.env,
        RESTORE_DRILL_HOME: home,
        CI: "false",
        TERM: "xterm-256color",
        COLORTERM: "",
        FORCE_COLOR: "1",
      },
    },
  );
  app.onData((data) => terminal.write(data));
  const ended = new Promise<void>((resolve) => {
    app.onExit(() => resolve());
  });
  try {
    for (const { until, picture, keys } of shots) {
      await shows(terminal, until);
      if (picture !== undefined)
        writeFileSync(join(root, picture), terminalSvg(terminal, "Restore Drill in a terminal"));
      if (keys !== undefined) app.write(keys);
    }
  } finally {
    app.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
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

await takePictures([
  { until: /b begin/, picture: "source/ui/pictures/plan.svg", keys: "b" },
  { until: /Your turn/, picture: "source/ui/pictures/human-step.svg", keys: "\r" },
  { until: /\[ Done \]/, keys: "game-42" },
  { until: /game-42/, keys: "\x04" },
  { until: /The drill is over/, keys: "\r" },
  { until: /\[ Sign \]/, keys: "\x04" },
  { until: /Signed and saved/, picture: "source/ui/pictures/signed.svg", keys: "q" },
]);
