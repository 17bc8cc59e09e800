/** Durations as checklists write them: a number of seconds, or `90s`, `5m`, `2h`, `1h30m`. */

/** What the text form looks like; kept as a string because the JSON Schema shows it too. */
export const DURATION_PATTERN = "^(?=.)([0-9]+h)?([0-9]+m)?([0-9]+(\\.[0-9]+)?s)?$";

const PARTS = /^(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?(?:(?<seconds>\d+(?:\.\d+)?)s)?$/;

/** A week: nothing in a drill takes longer, and timers overflow at 24 days. */
export const LONGEST_SECONDS = 7 * 24 * 3600;

/** Seconds, or undefined when it is not a duration between 0 and a week. */
export function durationSeconds(written: string | number): number | undefined {
  const seconds = typeof written === "number" ? written : textSeconds(written);
  return seconds !== undefined && seconds >= 0 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

function textSeconds(written: string): number | undefined {
  const parts = written === "" ? undefined : PARTS.exec(written)?.groups;
  if (parts === undefined) return undefined;
  const { hours = "0", minutes = "0", seconds = "0" } = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
