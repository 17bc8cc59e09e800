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

/** What the engine tells when the journal cannot be written, as a promise to race against. */
export function fatalProblem(): {
  readonly promise: Promise<never>;
  onFatal(problem: Problem): void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  return { promise, onFatal: reject };
}

/** The driver ends first, in every case: nobody is left with a broken terminal. */
export async function drive(launch: Launch, options: DriveOptions): Promise<number> {
  return guarded(launch, options.fatal, (signal) =>
    options.screen ? onScreen(launch, options, signal) : headless(launch, options, signal),
  );
}

/** Runs a driver until it ends, a signal comes, or the journal breaks; then closes the launch. */
export async function guarded(
  launch: Launch,
  fatal: Promise<never>,
  driver: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = interruption();
  const leave = new AbortController();
  const driven = driver(leave.signal);
  try {
    const first = await Promise.race([driven, stop.happened, fatal]);
    if (typeof first === "number") return first;
    leave.abort();
    await Promise.all([driven, launch.close()]);
    err(`restore-drill: ${first.signal} received; the drill was stopped where it was.`);
    return first.exit;
  } catch (error) {
    if (!isProblem(error)) throw error;
    leave.abort();
    await Promise.all([driven, launch.close()]);
    return complain(error);
  } finally {
    await launch.close();
    stop.forget();
  }
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

function headless(launch: Launch, options: DriveOptions, signal: AbortSignal): Promise<number> {
  return runHeadless(launch, { ...options, signal, out, err, complain });
}

async function onScreen(
  launch: Launch,
  options: DriveOptions,
  signal: AbortSignal,
): Promise<number> {
  const { runScreen } = await import("./screen.ts");
  return runScreen(launch, { ...options, signal });
}
