/** Runs a `run` step: its output, its expectations, its capture. */

import { showText } from "../checklist/expand.ts";
import { checkOutcome, expandExpectation } from "../checklist/expectations.ts";
import type { Expectation, RunStep } from "../checklist/types.ts";
import type { Check } from "../drill/types.ts";
import type { StepOutcome } from "../engine/ports.ts";
import { ok, type Result } from "../problem.ts";
import type { ProcessOutcome } from "../process/process.ts";
import { outputLine } from "./clean-output.ts";
import { createOutputCollector, KEPT_CHARACTERS } from "./output-collector.ts";
import { createLastLines } from "./process/last-lines.ts";
import { scriptRequest } from "./script.ts";
import { failed, failedChecks, interrupted, report, type Try } from "./step-try.ts";
import { variablesOf } from "./step-variables.ts";

/** Longest value a variable may get; Linux takes up to 128 KiB for one variable of a child. */
const CAPTURE_BYTES = 64 * 1024;

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** More came than was kept. */
  readonly cut: boolean;
}

export async function runScript(step: RunStep, one: Try): Promise<StepOutcome> {
  const expectation = expandedExpectation(step, one);
  if (!expectation.ok) return failed(expectation.problem);
  if (step.undo !== undefined) {
    // Whatever becomes of the script: what it may have made is owed before it starts.
    const label = showText(step.makes ?? step.title, variablesOf(one.deps, one.context.state));
    await one.context.register({ id: `made by ${step.id}`, kind: "made", label, undo: {} });
  }
  await one.context.command(step.run);
  const lines = createLastLines();
  const collectors = { stdout: createOutputCollector(), stderr: createOutputCollector() };
  const ran = await one.deps.processes.run({
    ...scriptRequest(step.run, one),
    signal: one.signal,
    onLine(stream, text) {
      const safe = outputLine(text, one.deps.redact);
      collectors[stream].add(safe);
      lines.add(safe);
      one.context.line(stream, safe);
    },
  });
  if (one.signal.aborted) return interrupted(one.signal);
  if (!ran.ok) return failed(ran.problem);
  const stdout = collectors.stdout.collected();
  const stderr = collectors.stderr.collected();
  const output = { stdout: stdout.text, stderr: stderr.text, cut: stdout.cut || stderr.cut };
  return judge(step, {
    expectation: expectation.value,
    outcome: ran.value,
    output,
    said: lines.told(),
  });
}

interface Finished {
  readonly expectation: Expectation | undefined;
  readonly outcome: ProcessOutcome;
  readonly output: Output;
  /** Its last lines, for the message. */
  readonly said: string;
}

function judge(step: RunStep, finished: Finished): StepOutcome {
  const { expectation, outcome, output } = finished;
  const { exit, signal } = outcome;
  const checks: readonly Check[] = [
    ...checkOutcome(expectation, { exit, signal, stdout: output.stdout, stderr: output.stderr }),
    ...(output.cut && looksAtOutput(expectation) ? [CUT] : []),
  ];
  const parts = { checks, ...(exit === null ? {} : { exit }) };
  if (checks.some(({ status }) => status === "failed")) {
    return failed({ code: "failed", message: `${failedChecks(checks)}${finished.said}` }, parts);
  }
  if (step.capture === undefined) return { status: "passed", report: report(parts) };
  const value = output.stdout.trim();
  if (output.cut || Buffer.byteLength(value) > CAPTURE_BYTES) {
    const message = `The script wrote more than fits into the variable ${step.capture}.`;
    const hint = `Let it write up to ${CAPTURE_BYTES} bytes.`;
    return failed({ code: "failed", message, hint }, parts);
  }
  return { status: "passed", report: report({ ...parts, values: { [step.capture]: value } }) };
}

const CUT: Check = {
  title: "output looked at",
  status: "warning",
  observed: `only the first ${KEPT_CHARACTERS} characters of each stream; the rest is in the spool`,
};

function looksAtOutput(expectation: Expectation | undefined): boolean {
  return (
    expectation?.stdout !== undefined ||
    expectation?.stderr !== undefined ||
    expectation?.clean === true
  );
}

function expandedExpectation(
  step: RunStep,
  { deps, context }: Try,
): Result<Expectation | undefined> {
  if (step.expect === undefined) return ok(undefined);
  const { text, missing = [] } = expandExpectation(step.expect, variablesOf(deps, context.state));
  if (text !== undefined) return ok(text);
  const message = `What step ${step.id} expects has no value for ${missing.join(", ")}.`;
  const hint = "Run the step that gives it, or set it with --set.";
  return { ok: false, problem: { code: "failed", message, hint } };
}
