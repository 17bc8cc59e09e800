/** Asks a provider again and again until something is there, has failed, or time is up. */
import { z } from "zod";
import { durationSeconds } from "../../checklist/duration.ts";
import { formatDuration } from "../../drill/units.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { pause } from "../process/wait-ready.ts";
import { isThrottled } from "./throttled.ts";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const GROWTH = 1.5;

export type Look<T> =
  | { readonly ready: T }
  /** What it does instead, for the operator. */
  | { readonly status: string };

export interface Watch<T> {
  /** `instance x`. */
  readonly what: string;
  readonly withinSeconds: number;
  readonly io: Pick<ActionContext, "signal" | "line">;
  /** A Problem ends the wait, unless the provider only throttles. */
  look(): Promise<Result<Look<T>>>;
}

export async function watch<T>({ what, withinSeconds, io, look }: Watch<T>): Promise<Result<T>> {
  const since = performance.now();
  const waited = () => (performance.now() - since) / 1000;
  let last = "";
  for (let next = FIRST_PAUSE_MS; ; next = Math.min(next * GROWTH, LONGEST_PAUSE_MS)) {
    const seen = await look();
    if (io.signal.aborted) return fail({ code: "interrupted", message: "It was interrupted." });
    if (!seen.ok && !isThrottled(seen.problem)) return seen;
    if (seen.ok && "ready" in seen.value) return ok(seen.value.ready);
    const status = statusOf(seen);
    if (status !== last) {
      io.line("note", `${what}: ${status}, after ${formatDuration(waited())}`);
    }
    last = status;
    const left = withinSeconds - waited();
    if (left <= 0) {
      return fail({
        code: "failed",
        message: `${what} did not get there within ${formatDuration(withinSeconds)}; the last that was heard: ${status}.`,
        hint: "Look at it in the provider's console; run the step again to go on waiting.",
      });
    }
    await pause(Math.min(next, left * 1000), io.signal);
  }
}

function statusOf(seen: Result<Look<unknown>>): string {
  return seen.ok && "status" in seen.value ? seen.value.status : "the provider throttles";
}

export function withinInput(usual: string) {
  return z
    .string()
    .default(usual)
    .transform((written, context) => {
      const seconds = durationSeconds(written);
      if (seconds !== undefined) return seconds;
      context.addIssue(`"${written}" is not a duration such as 30m`);
      return z.NEVER;
    })
    .describe(`How long to wait; ${usual} unless given.`);
}
