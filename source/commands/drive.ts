/** Hands a launch to a driver: the screen, or headless mode. */
import type { Launch } from "../engine/interface.ts";
import type { Answers } from "../headless/answers.ts";
import { runHeadless } from "../headless/session.ts";
import type { Problem } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { complain, err, type Interruption, interruption, out } from "./terminal.ts";

export interface DriveOptions {
  readonly screen: boolean;
  readonly json: boolean;
  readonly answers: Answers;
  readonly operator: string;
  readonly skips: Readonly<Record<string, string>>;
  readonly storage: Storage;
  /** Rejects with a Problem when the journal cannot be written any more. */
  readonly fatal: Promise<never>;
}

/** A screen needs a terminal on both ends. */
export function isScreen(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

export async function drive(launch: Launch, options: DriveOptions): Promise<number> {
  const stop = interruption();
  try {
    const { happened } = stop;
    return options.screen
      ? await onScreen(launch, options, happened)
      : await Promise.race([headless(launch, options), ended(happened), options.fatal]);
  } catch (error) {
    if (isProblem(error)) return complain(error);
    throw error;
  } finally {
    await launch.close();
    stop.forget();
  }
}

async function ended(interrupted: Promise<Interruption>): Promise<number> {
  const { signal, exit } = await interrupted;
  err(`restore-drill: ${signal} received; the drill was stopped where it was.`);
  err("  Go on with: restore-drill resume");
  return exit;
}

/** The screen comes down first, in every case: nobody is left with a broken terminal. */
async function onScreen(
  launch: Launch,
  options: DriveOptions,
  interrupted: Promise<Interruption>,
): Promise<number> {
  const leave = new AbortController();
  const { runScreen } = await import("./screen.ts");
  const shown = runScreen(launch, { ...options, signal: leave.signal });
  const stopped = Promise.race([interrupted, options.fatal]);
  try {
    const first = await Promise.race([shown, stopped]);
    if (typeof first === "number") return first;
    leave.abort();
    await shown;
    return first.exit;
  } catch (error) {
    leave.abort();
    await shown;
    throw error;
  }
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

function headless(launch: Launch, options: DriveOptions): Promise<number> {
  return runHeadless(launch, { ...options, kind: "Backup/restore only", out, err, complain });
}
