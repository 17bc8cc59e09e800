/** How old a backup is, against how old it may be. */
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatDuration, formatInstant } from "../../drill/units.ts";
import type { Manifest } from "../../postgres/manifest.ts";
import { info, judged, warning } from "../outcome.ts";

const PATTERN =
  /^(?=.)(?:(?<days>\d+)d)?(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?(?:(?<seconds>\d+)s)?$/u;

/** Seconds of `25h`, `7d`, `1d12h`; undefined when it is no duration. */
export function ageSeconds(written: string): number | undefined {
  const parts = written === "" ? undefined : PATTERN.exec(written)?.groups;
  if (parts === undefined) return undefined;
  const { days = "0", hours = "0", minutes = "0", seconds = "0" } = parts;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Seconds; absent or empty, any age will do. */
export const maxAgeInput = z
  .string()
  .transform((written, context) => {
    if (written === "") return undefined;
    const seconds = ageSeconds(written);
    if (seconds !== undefined && seconds > 0) return seconds;
    context.addIssue(`"${written}" is not an age such as 25h or 7d`);
    return z.NEVER;
  })
  .optional()
  .describe("How old a backup of an earlier drill may be: `25h`, `7d`; empty for any age.");

export interface AgeFacts {
  readonly manifest: Manifest | undefined;
  /** When the newest of its files was written. */
  readonly written: Date;
  readonly now: Date;
  /** Seconds; undefined for any. */
  readonly limit?: number;
  /** Its own backups are as old as the drill is long, which is nobody's fault. */
  readonly drill?: string;
}

/** Clocks of two hosts differ a little; more means that one of them is wrong. */
const SKEW_SECONDS = 300;

export function ageCheck(facts: AgeFacts): Check {
  const { manifest, written, now, limit } = facts;
  const taken = manifest?.takenAt ?? written.toISOString();
  const seconds = (now.getTime() - Date.parse(taken)) / 1000;
  const what = manifest === undefined ? "written" : "taken";
  const title = "Age";
  const observed = `${what} ${formatInstant(taken)}, ${formatDuration(Math.max(0, seconds))} ago`;
  if (seconds < -SKEW_SECONDS) {
    const ahead = `${what} ${formatInstant(taken)}, ${formatDuration(-seconds)} from now: a clock is wrong`;
    return judged(title, false, { expected: "in the past", observed: ahead });
  }
  if (limit === undefined || (manifest !== undefined && manifest.drill === facts.drill)) {
    return info(title, observed);
  }
  const expected = `at most ${formatDuration(limit)}`;
  if (seconds > limit) return judged(title, false, { expected, observed: `stale: ${observed}` });
  // A copy is as young as its copying: only a manifest tells when the data was current.
  return manifest === undefined
    ? warning(title, `${observed}; when it was taken is not known without a manifest`, expected)
    : judged(title, true, { expected, observed });
}
