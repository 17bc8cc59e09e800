/** The kinds of text a checklist holds. */
import { z } from "zod";
import { DURATION_PATTERN, durationSeconds } from "./duration.ts";

/** Ids become file names and command-line arguments, so they hold nothing surprising. */
export const idText = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error:
    "is not an id: use 1 to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit",
});

/** Titles and labels sit on one line of the screen and of the log. */
export const lineText = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, {
    error: "must be one line without control characters",
  });

export const proseText = z
  .string()
  .min(1)
  .regex(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/, {
    error: "must not hold control characters",
  });

/** Values of variables: text, so that `1.10` stays `1.10`. NUL cannot be put in an environment. */
export const quoted = z
  .string()
  .regex(/^[^\u0000]*$/, { error: "must not hold a NUL character" })
  .max(32_768);

export const namedText = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: "is not a variable name: use letters, digits and underscores, not starting with a digit",
});

export const pattern = z.string().min(1).superRefine(checkPattern).meta({ format: "regex" });

function checkPattern(written: string, context: z.core.$RefinementCtx<string>): void {
  const problem = patternProblem(written);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem, input: written });
}

/** Why the text is not a regular expression, or undefined when it is one. */
export function patternProblem(written: string): string | undefined {
  try {
    new RegExp(written, "m");
    return undefined;
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error);
    // The engine repeats the whole expression before saying what is wrong with it.
    return `is not a regular expression: ${reason.slice(reason.lastIndexOf(": ") + 2)}`;
  }
}

const DURATION_ERROR = "is not a duration between 0 and 7 days";

export const duration = z
  .union([z.number(), z.string().regex(new RegExp(DURATION_PATTERN), { error: DURATION_ERROR })])
  .superRefine((written, context) => {
    if (durationSeconds(written) !== undefined) return;
    context.addIssue({ code: "custom", message: DURATION_ERROR, input: written });
  });
