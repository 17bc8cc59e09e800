/** Hands a launch to a driver: the screen, or headless mode. */
import type { Launch } from "../engine/interface.ts";
import type { Answers } from "../headless/answers.ts";
import { runHeadless } from "../headless/session.ts";
import type { Problem } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { complain, err, interruption, out } from "./terminal.ts";

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
    const drill = options.screen ? onScreen(launch, options) : headless(launch, options);
    return await Promise.race([
      drill,
      stop.happened.then(({ signal, exit }) => {
        err(`restore-drill: ${signal} received; the drill was stopped where it was.`);
        return exit;
      }),
      options.fatal,
    ]);
  } catch (error) {
    if (isProblem(error)) return complain(error);
    throw error;
  } finally {
    await launch.close();
    stop.forget();
  }
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

function headless(launch: Launch, options: DriveOptions): Promise<number> {
  return runHeadless(launch, { ...options, kind: "Backup/restore only", out, err, complain });
}

async function onScreen(launch: Launch, options: DriveOptions): Promise<number> {
  const { runScreen } = await import("./screen.ts");
  return runScreen(launch, options);
}
