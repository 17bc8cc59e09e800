/** What the waits for a new instance have alike: from when they measure, and what they tell. */
import { z } from "zod";
import { formatDuration } from "../../drill/units.ts";
import type { ActionResult } from "../action.ts";
import { passed } from "../outcome.ts";

export const startedInput = z
  .string()
  .default("")
  .describe("When the restore was asked for; measured from there.");

export interface Available {
  /** What it is and where it answers. */
  readonly check: ReturnType<typeof passed>;
  readonly values: Readonly<Record<string, string>>;
  /** ISO time; where it is none, the wait itself is what is known. */
  readonly started: string;
  /** By the clock of `performance.now()`. */
  readonly waitedSince: number;
}

export function available({ check, values, started, waitedSince }: Available): ActionResult {
  const asked = Date.parse(started);
  const seconds = Number.isNaN(asked)
    ? (performance.now() - waitedSince) / 1000
    : Math.max(0, (Date.now() - asked) / 1000);
  return {
    ok: true,
    checks: [check, passed("Available after (RTO of the restore)", formatDuration(seconds))],
    values,
    measurements: { restoreSeconds: seconds },
  };
}
