/** One headless drill from an opening environment to a signed entry. */
import type { ConfirmStep } from "../checklist/types.ts";
import { awaitingLines, needsApproval } from "../drill/approval.ts";
import type { DrillEvent } from "../drill/events.ts";
import { leftBehindLines } from "../drill/left-behind.ts";
import { type DrillState, stepsInOrder } from "../drill/state.ts";
import { verdictOf } from "../drill/verdict.ts";
import type { Launch, Plan } from "../engine/interface.ts";
import { exitCodeOf, type Problem } from "../problem.ts";
import { type Answers, answerProblems } from "./answers.ts";
import { driveHeadless, operatorNeededFor } from "./driver.ts";
import { describeEvent } from "./report.ts";

export interface SessionOptions {
  readonly answers: Answers;
  readonly operator: string;
  readonly skips: Readonly<Record<string, string>>;
  readonly json: boolean;
  /** Aborted when the process is told to end. */
  readonly signal: AbortSignal;
  /** Results: one line each. */
  out(line: string): void;
  /** Diagnostics. */
  err(line: string): void;
  complain(problem: Problem): void;
}

/** Runs to the end and gives the exit code. Closing the launch is the caller's. */
export async function runHeadless(launch: Launch, options: SessionOptions): Promise<number> {
  const stop = reportOpening(launch, options);
  const opened = await launch.opened();
  stop();
  if (options.signal.aborted) return 130;
  if (opened.status === "refused") return refuse([opened.problem], options);
  if (opened.status === "opening") return 1;
  const { plan } = opened;
  const problems = [...opened.problems, ...problemsBefore(plan, options)];
  if (problems.length > 0) return refuse(problems, options);

  const { operator, skips } = options;
  const listener = reporter(options);
  const begun = await launch.begin({ operator, skips, listener });
  if (!begun.ok) return refuse([begun.problem], options);
  const outcome = await driveHeadless(begun.value, options);
  if (options.signal.aborted) {
    tellLeft(begun.value.state(), options);
    return outcome.exit;
  }
  if (outcome.problem !== undefined) tell(outcome.problem, options);
  reportEnd(begun.value.state(), outcome.exit, options);
  return outcome.exit;
}

function reportOpening(launch: Launch, options: SessionOptions): () => void {
  let told = 0;
  return launch.subscribe(() => {
    const state = launch.state();
    if (state.status !== "opening") return;
    for (const line of state.lines.slice(told)) options.err(line);
    told = state.lines.length;
  });
}

/** Nothing starts that is known not to be able to end. */
function problemsBefore(plan: Plan, options: SessionOptions): readonly Problem[] {
  const { answers, skips } = options;
  const unfit = answerProblems(answers, plan.checklist);
  if (unfit.length > 0) return unfit;
  return stepsInOrder(plan.checklist.sections)
    .map(({ step }) => step)
    .filter((step): step is ConfirmStep => step.kind === "confirm" && !step.optional)
    .filter(({ id }) => plan.steps[id]?.notApplicable === undefined)
    .filter(({ id }) => answers.answers[id] === undefined && skips[id] === undefined)
    .filter(({ id, always }) => !passedBefore(plan, id) && (always || !isEnding(plan)))
    .map(({ id }) => operatorNeededFor(id));
}

function isEnding({ resumes }: Plan): boolean {
  return resumes !== undefined && resumes.state.phase !== "running";
}

function passedBefore(plan: Plan, step: string): boolean {
  return plan.resumes?.state.steps[step]?.state.status === "passed";
}

function refuse(problems: readonly Problem[], options: SessionOptions): number {
  for (const problem of problems) tell(problem, options);
  const [first] = problems;
  return first === undefined ? 1 : exitCodeOf(first);
}

function tell(problem: Problem, options: SessionOptions): void {
  options.complain(problem);
  if (options.json) options.out(JSON.stringify({ type: "problem", ...problem }));
}

function reporter(options: SessionOptions) {
  return (event: DrillEvent, state: DrillState): void => {
    if (options.json) {
      options.out(JSON.stringify(event));
      return;
    }
    for (const line of describeEvent(event, state)) options.out(line);
  };
}

/** Whoever interrupts a drill half-way has to know what is there, and the way back. */
function tellLeft(state: DrillState, options: SessionOptions): void {
  const { drill, entry } = state;
  if (drill === undefined || entry !== undefined) return;
  for (const line of leftBehindLines(state)) options.err(line);
  options.err(`Go on with:  restore-drill resume ${drill.id}`);
  options.err(`Or clean up: restore-drill abandon ${drill.id}`);
}

function reportEnd(state: DrillState, exit: number, options: SessionOptions): void {
  const { drill, entry } = state;
  const verdict = verdictOf(state);
  if (options.json) {
    const approval = needsApproval(state) && entry !== undefined ? { approval: "awaiting" } : {};
    const result = { type: "result", drill: drill?.id, verdict, exit, entry, ...approval };
    options.out(JSON.stringify(result));
    return;
  }
  if (entry === undefined) {
    options.err(`Not signed off. Go on with: restore-drill resume ${drill?.id ?? ""}`);
    return;
  }
  options.out(`Verdict: ${verdict}. Signed log entry ${entry.id} is in ${entry.log}`);
  options.out(`Show it: restore-drill log show ${entry.id}   Check it: restore-drill log verify`);
  for (const line of awaitingLines(state)) options.out(line);
}
