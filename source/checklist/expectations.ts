/** Whether a command's outcome is the expected one, as checks with expected and observed. */

import { type Expansion, expand, expandPattern, type Values } from "./expand.ts";
import type { Expectation, TextExpectation } from "./types.ts";

export interface Outcome {
  /** null when a signal ended it. */
  readonly exit: number | null;
  readonly signal?: string | null;
  /** Cleaned and redacted: parts of it become `observed`. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The same as a drill's check; the drill knows this module's types, not the other way round. */
export interface OutcomeCheck {
  readonly title: string;
  readonly status: "passed" | "failed";
  readonly expected: string;
  readonly observed: string;
}

const LONGEST_OBSERVED = 300;

/** The exit status is always checked, against 0 unless told otherwise. */
export function checkOutcome(
  expectation: Expectation | undefined,
  outcome: Outcome,
): readonly OutcomeCheck[] {
  const exit = exitCheck(expectation?.exit ?? 0, outcome);
  // A wrong exit status says it already.
  const clean = expectation?.clean === true && exit.status === "passed";
  return [
    exit,
    ...textChecks("standard output", expectation?.stdout, outcome.stdout),
    ...textChecks("standard error", expectation?.stderr, outcome.stderr),
    ...(clean ? [cleanCheck(outcome)] : []),
  ];
}

/** How lines begin that tell of a failure; `Failed requests: 0` does not. */
const COMPLAINT =
  /^[^\p{L}\p{N}\n]*(?:(?:ERROR|FATAL|FAIL(?:ED|URE)?|Error|Fatal|Fail(?:ed|ure)?|Traceback)\b(?![^:\n]*: *0\b)|(?:error|fatal|failed):|[✗✘❌])/u;

function cleanCheck({ stdout, stderr }: Outcome): OutcomeCheck {
  const lines = `${stdout}\n${stderr}`.split("\n");
  const complaint = lines.find((line) => COMPLAINT.test(line));
  return check("output", complaint === undefined, {
    expected: "no line that tells of a failure",
    observed: complaint === undefined ? "none" : clip(complaint),
  });
}

/** Puts values into the texts; inside `matches` they stand for themselves. */
export function expandExpectation(
  expectation: Expectation,
  values: Values,
): Expansion<Expectation> {
  const missing = new Set<string>();
  const fill = (text: string, using: typeof expand): string => {
    const expansion = using(text, values);
    for (const name of expansion.missing ?? []) missing.add(name);
    return expansion.text ?? text;
  };
  const stream = (text: TextExpectation): TextExpectation => ({
    ...text,
    ...(text.contains === undefined ? {} : { contains: fill(text.contains, expand) }),
    ...(text.equals === undefined ? {} : { equals: fill(text.equals, expand) }),
    ...(text.matches === undefined ? {} : { matches: fill(text.matches, expandPattern) }),
  });
  const expanded: Expectation = {
    ...expectation,
    ...(expectation.stdout === undefined ? {} : { stdout: stream(expectation.stdout) }),
    ...(expectation.stderr === undefined ? {} : { stderr: stream(expectation.stderr) }),
  };
  return missing.size > 0 ? { missing: [...missing] } : { text: expanded };
}

function exitCheck(wanted: number, { exit, signal }: Outcome): OutcomeCheck {
  const observed = exit === null ? `ended by ${signal ?? "a signal"}` : String(exit);
  return check("exit status", exit === wanted, { expected: String(wanted), observed });
}

function textChecks(
  title: string,
  expectation: TextExpectation | undefined,
  written: string,
): readonly OutcomeCheck[] {
  if (expectation === undefined) return [];
  const { contains, matches, equals, empty } = expectation;
  const observed = clip(written);
  const whole = written.trim();
  const checks: OutcomeCheck[] = [];
  if (contains !== undefined) {
    const holds = written.includes(contains);
    checks.push(check(title, holds, { expected: `contains ${clip(contains)}`, observed }));
  }
  if (matches !== undefined) {
    const holds = new RegExp(matches, "m").test(written);
    checks.push(check(title, holds, { expected: `matches ${clip(matches)}`, observed }));
  }
  if (equals !== undefined) {
    checks.push(check(title, whole === equals.trim(), { expected: clip(equals), observed }));
  }
  if (empty !== undefined) {
    const expected = empty ? "nothing" : "something";
    checks.push(check(title, (whole === "") === empty, { expected, observed }));
  }
  return checks;
}

function check(
  title: string,
  holds: boolean,
  { expected, observed }: { readonly expected: string; readonly observed: string },
): OutcomeCheck {
  return { title, status: holds ? "passed" : "failed", expected, observed };
}

/** The ends of a long text say most: the header first, the error last. */
function clip(text: string): string {
  const whole = text.trim();
  if (whole === "") return "nothing";
  if (whole.length <= LONGEST_OBSERVED) return whole;
  const half = LONGEST_OBSERVED / 2;
  return `${whole.slice(0, half)} … ${whole.slice(-half)}`;
}
