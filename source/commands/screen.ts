/** Puts a launch on the screen, and says good-bye on the plain terminal. */
import { showText } from "../checklist/expand.ts";
import type { Launch } from "../engine/interface.ts";
import { goodLines, readLog } from "../log/read.ts";
import { fail, ok, type Result } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { runUi } from "../ui/run.tsx";
import { exportEntry } from "./log-export.ts";
import { out } from "./terminal.ts";

export interface ScreenOptions {
  readonly operator: string;
  readonly skips: Readonly<Record<string, string>>;
  readonly storage: Storage;
  /** Aborted when the process is told to end. */
  readonly signal: AbortSignal;
}

export async function runScreen(launch: Launch, options: ScreenOptions): Promise<number> {
  const { operator, skips, storage, signal } = options;
  const { exit, farewell } = await runUi(launch, {
    stdin: process.stdin,
    stdout: process.stdout,
    operatorDefault: operator,
    skips,
    signal,
    expandText: (text, state) => showText(text, state.values),
    exportEntry: (format, output) => exportNewest(storage, { format, output }),
  });
  out(farewell);
  return exit;
}

/** The entry just signed is the newest one. */
async function exportNewest(
  storage: Storage,
  where: { readonly format: string; readonly output: string },
): Promise<Result<string>> {
  const log = await readLog(storage.log);
  if (!log.ok) return log;
  const newest = goodLines(log.value).at(-1);
  if (newest === undefined) return fail({ code: "failed", message: "The log has no entry yet." });
  const exported = await exportEntry(newest, where);
  if (!exported.ok) return exported;
  return ok(exported.value.kind === "file" ? exported.value.path : exported.value.text);
}
