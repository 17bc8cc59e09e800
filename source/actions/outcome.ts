/** Small shapes that actions answer with. */
import type { Check } from "../drill/types.ts";
import type { Problem } from "../problem.ts";
import type { ActionReport, ActionResult } from "./action.ts";

export function stopped(problem: Problem, checks: readonly Check[] = []): ActionResult {
  return { ok: false, problem, checks };
}

/** Fails with the given problem when a check failed, passes otherwise. */
export function concluded(report: ActionReport, problem: (failed: readonly Check[]) => Problem) {
  const failed = report.checks.filter(({ status }) => status === "failed");
  const result: ActionResult =
    failed.length === 0
      ? { ok: true, ...report }
      : { ok: false, problem: problem(failed), ...report };
  return result;
}

export function passed(title: string, observed: string, expected?: string): Check {
  return { title, status: "passed", observed, ...(expected === undefined ? {} : { expected }) };
}

export function info(title: string, observed: string): Check {
  return { title, status: "info", observed };
}

export function warning(title: string, observed: string, expected?: string): Check {
  return { title, status: "warning", observed, ...(expected === undefined ? {} : { expected }) };
}

/** Passed or failed, with what should be. */
export function judged(
  title: string,
  holds: boolean,
  words: { readonly expected: string; readonly observed: string },
): Check {
  return { title, status: holds ? "passed" : "failed", ...words };
}
