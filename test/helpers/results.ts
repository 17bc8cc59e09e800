/** Unwraps results in tests; the other kind fails the test with what it said. */
import type { Problem, Result } from "../../source/problem.ts";

export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`unexpected problem: ${JSON.stringify(result.problem)}`);
}

export function problemOf<T>(result: Result<T>): Problem {
  if (!result.ok) return result.problem;
  throw new Error(`expected a problem, got: ${JSON.stringify(result.value)}`);
}
