/** Everything that leaves the runner goes through here: no secret, no control sequence. */
import type { Check, Failure, ProofSummary, RowKey, StepReport } from "../drill/types.ts";
import type { StepOutcome, StepRunContext } from "../engine/ports.ts";
import { cleanLine, plainLine } from "../process/terminal-text.ts";

type Redact = (text: string) => string;

/** Anything a terminal acts on, or that hides text; most lines hold none of it. */
const SUSPICIOUS = /[^\t\x20-\x7e\xa0-\u200a\u2010-\u2027\u2030-\u205f\u2070-\ufefe]/u;

export function outputLine(text: string, redact: Redact): string {
  if (!SUSPICIOUS.test(text)) return redact(text);
  const plain = plainLine(text);
  const safe = redact(plain);
  // Colour codes may cut a secret in pieces: where one shows without them, colour goes.
  return safe === plain ? redact(cleanLine(text)) : safe;
}

export function cleanContext(context: StepRunContext, redact: Redact): StepRunContext {
  return {
    get state() {
      return context.state;
    },
    signal: context.signal,
    attempt: context.attempt,
    line(stream, text) {
      for (const line of text.split("\n")) context.line(stream, outputLine(line, redact));
    },
    progress: (label, done, total, unit) =>
      context.progress(redact(plainLine(label)), done, total, unit),
    command: (text) => context.command(redact(text)),
    register: (resource) => context.register({ ...resource, label: redact(resource.label) }),
    release: (resource, how) => context.release(resource, redact(how)),
  };
}

export function cleanOutcome(outcome: StepOutcome, redact: Redact): StepOutcome {
  const report = cleanReport(outcome.report, redact);
  switch (outcome.status) {
    case "passed":
      return { status: "passed", report };
    case "failed":
      return { status: "failed", report, failure: cleanFailure(outcome.failure, redact) };
    case "interrupted":
      return { status: "interrupted", report, reason: redact(outcome.reason) };
  }
}

function cleanReport(report: StepReport, redact: Redact): StepReport {
  const { note, proof } = report;
  return {
    ...report,
    checks: report.checks.map((check) => cleanCheck(check, redact)),
    ...(note === undefined ? {} : { note: shown(note, redact) }),
    ...(proof === undefined ? {} : { proof: cleanProof(proof, redact) }),
  };
}

function cleanCheck(check: Check, redact: Redact): Check {
  const { title, status, expected, observed } = check;
  return {
    title: shown(title, redact),
    status,
    ...(expected === undefined ? {} : { expected: shown(expected, redact) }),
    observed: shown(observed, redact),
  };
}

function cleanProof(proof: ProofSummary, redact: Redact): ProofSummary {
  const texts = (list: readonly string[]) => list.map((text) => shown(text, redact));
  return {
    ...proof,
    covered: texts(proof.covered),
    notCovered: texts(proof.notCovered),
    ...(proof.warnings === undefined ? {} : { warnings: texts(proof.warnings) }),
    differences: proof.differences.map(({ object, expected, observed, row }) => ({
      object: shown(object, redact),
      expected: shown(expected, redact),
      observed: shown(observed, redact),
      ...(row === undefined || holdsSecret(row, redact) ? {} : { row }),
    })),
  };
}

/** Without its secret a key finds nothing. */
function holdsSecret({ schema, table, key }: RowKey, redact: Redact): boolean {
  return [schema, table, key].some((text) => redact(text) !== text);
}

function cleanFailure({ message, hint }: Failure, redact: Redact): Failure {
  const clean = { message: shown(message, redact) };
  return hint === undefined ? clean : { ...clean, hint: shown(hint, redact) };
}

function shown(text: string, redact: Redact): string {
  return text
    .split("\n")
    .map((line) => redact(plainLine(line)))
    .join("\n");
}
