/** How long the application may be made to wait, as checklists write it. */
import { z } from "zod";
import { durationSeconds } from "../../checklist/duration.ts";

const LONGEST_SECONDS = 3600;

/** Seconds; absent, the freezer's own limit holds. */
export const patienceInput = z
  .string()
  .transform((written, context) => {
    const seconds = durationSeconds(written);
    if (seconds !== undefined && seconds > 0 && seconds <= LONGEST_SECONDS) return seconds;
    context.addIssue(`"${written}" is not a duration of more than 0 s and at most 1 h, such as 5s`);
    return z.NEVER;
  })
  .optional()
  .describe(
    "How long others may wait for a lock that the dump holds (default 5s); then it lets go and fails.",
  );
