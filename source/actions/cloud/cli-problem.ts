/** How the failure of a provider's CLI is told, whichever it is. Pure. */
import type { Problem } from "../../problem.ts";

const LONGEST = 400;

/** Something that a CLI may say, and what it means for the operator. */
export interface Saying {
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint: string;
}

/** In one line, from the given words on where they are there. */
export function saidBy(stderr: string, from = ""): string {
  const line = stderr.replace(/\s+/gu, " ").trim();
  return line.slice(Math.max(0, line.indexOf(from))).slice(0, LONGEST);
}

export interface Failure {
  readonly said: string;
  readonly meaning: Saying | undefined;
  readonly details: NonNullable<Problem["details"]>;
}

export function cliProblem(called: string, { said, meaning, details }: Failure): Problem {
  const why = meaning === undefined ? "" : `: ${meaning.what}`;
  return {
    code: "failed",
    message: `${called} failed${why}. It said: ${said === "" ? "nothing" : said}`,
    hint: meaning?.hint ?? "Read what it said; the same command can be run by hand.",
    details,
  };
}

export function notInTime(called: string, hint: string): Problem {
  return { code: "failed", message: `${called} did not answer in time.`, hint };
}
