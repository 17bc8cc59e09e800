/** Waits until a background process serves, or dies, or time is up. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessOutcome, RunningProcess } from "../../process/process.ts";

const POLL_MS = 200;

export type Waited =
  | { readonly how: "ready" | "too-late" | "cancelled" }
  | { readonly how: "died"; readonly outcome: ProcessOutcome };

export interface WaitRequest {
  readonly running: RunningProcess;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Asked again and again; its own signal ends with the wait. */
  ready(signal: AbortSignal): boolean | Promise<boolean>;
}

export async function waitReady(request: WaitRequest): Promise<Waited> {
  const limit = AbortSignal.timeout(request.timeoutSeconds * 1000);
  const done = new AbortController();
  const signal = AbortSignal.any([request.signal, limit, done.signal]);
  const died = request.running.exited.then((outcome): Waited => ({ how: "died", outcome }));
  try {
    return await Promise.race([died, poll(request, signal, limit)]);
  } finally {
    done.abort();
  }
}

async function poll(
  request: WaitRequest,
  signal: AbortSignal,
  limit: AbortSignal,
): Promise<Waited> {
  while (!signal.aborted) {
    if ((await request.ready(signal)) && !signal.aborted) return { how: "ready" };
    await pause(POLL_MS, signal);
  }
  return { how: limit.aborted && !request.signal.aborted ? "too-late" : "cancelled" };
}

/** Ends early, without an error, when the signal does. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
