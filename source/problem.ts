/**
 * Expected failures are values. Throwing is for bugs.
 */

/** What went wrong, as the exit code contract sees it (design: exit codes). */
export type ProblemCode =
  | "failed"
  | "usage"
  | "invalid"
  | "refused"
  | "unusable"
  | "operator-needed"
  | "log-broken"
  | "interrupted";

/** One expected failure, told to an operator: what, where, and what to do next. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence naming the thing and what happened. Never holds a secret. */
  readonly message: string;
  /** What to do next, in one sentence. */
  readonly hint?: string;
  /** `file:line:column`, a step id, or another place. */
  readonly where?: string;
  /** Facts a screen may lay out, for example about a restore database that already exists. */
  readonly details?: Readonly<Record<string, string>>;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(problem: Problem): Result<T> {
  return { ok: false, problem };
}

const EXIT_CODES: Readonly<Record<ProblemCode, number>> = {
  failed: 1,
  usage: 2,
  invalid: 3,
  refused: 4,
  unusable: 4,
  "operator-needed": 5,
  "log-broken": 6,
  interrupted: 130,
};

export function exitCodeOf(problem: Problem): number {
  return EXIT_CODES[problem.code];
}
