/** Folds one event into the state. Total: every event that `decide` can give is understood. */
import type { DrillEvent, ResourceEvent, StepEvent } from "./events.ts";
import { type DrillState, stepRecord, UNSTARTED } from "./state.ts";
import {
  type Attempt,
  EMPTY_REPORT,
  type EnvironmentSummary,
  type Resource,
  type StepId,
  type StepRecord,
  type StepState,
  type UndoTry,
} from "./types.ts";

export function replay(events: Iterable<DrillEvent>): DrillState {
  let state = UNSTARTED;
  for (const event of events) state = evolve(state, event);
  return state;
}

export function evolve(state: DrillState, event: DrillEvent): DrillState {
  switch (event.type) {
    case "drill-started":
      return { ...state, phase: "running", drill: event.drill, values: event.values };
    case "drill-resumed":
      return {
        ...state,
        ...movedTo(state, event.environment),
        paused: false,
        resumes: [...state.resumes, { at: event.at, operator: event.operator }],
        resources: state.resources.map((resource) =>
          resource.status === "undoing" ? { ...resource, status: "owed" } : resource,
        ),
      };
    case "drill-paused":
      return { ...state, paused: true };
    case "drill-continued":
      return { ...state, paused: false };
    case "finding-recorded":
      return { ...state, findings: [...state.findings, findingOf(event)] };
    case "drill-aborted":
      return { ...state, phase: "ending", paused: false, abort: reasonAt(event) };
    case "drill-given-up":
      return { ...state, phase: "ending", paused: false, givenUp: reasonAt(event) };
    case "drill-ended":
      return { ...state, phase: "ended", endedAt: event.at };
    case "sign-off-started":
      return { ...withoutSignOffProblem(state), phase: "signing", signOff: event.signOff };
    case "sign-off-failed":
      return { ...state, phase: "ended", signOffProblem: event.problem };
    case "drill-signed-off":
      return { ...state, phase: "signed-off", entry: event.entry };
    case "resource-undo-started":
    case "resource-released":
      return {
        ...state,
        values: withoutWhatItGave(state, event.resource),
        resources: evolveResources(state.resources, event),
      };
    case "resource-registered":
    case "resource-undo-failed":
    case "resource-kept":
      return { ...state, resources: evolveResources(state.resources, event) };
    default:
      return evolveSteps(state, event);
  }
}

function movedTo(
  { drill }: DrillState,
  environment: EnvironmentSummary | undefined,
): Pick<DrillState, "drill"> {
  if (drill === undefined || environment === undefined) return {};
  return { drill: { ...drill, environment } };
}

function reasonAt({ reason, at }: { reason: string; at: string }) {
  return { reason, at };
}

function findingOf(event: Extract<DrillEvent, { type: "finding-recorded" }>) {
  const { at, text, step } = event;
  return step === undefined ? { at, text } : { at, text, step };
}

function withoutSignOffProblem(state: DrillState): DrillState {
  const { signOffProblem: _, ...rest } = state;
  return rest;
}

/** Something else may answer at the address of what is gone: no later step is to ask there. */
function withoutWhatItGave({ values, resources }: DrillState, id: string): DrillState["values"] {
  const { gives = [] } = resources.find((resource) => resource.id === id) ?? {};
  return Object.fromEntries(Object.entries(values).filter(([name]) => !gives.includes(name)));
}

function evolveResources(
  resources: readonly Resource[],
  event: ResourceEvent,
): readonly Resource[] {
  if (event.type === "resource-registered") {
    const others = resources.filter(({ id }) => id !== event.resource.id);
    return [...others, { ...event.resource, status: "owed" }];
  }
  return resources.map((resource) =>
    resource.id === event.resource ? evolveResource(resource, event) : resource,
  );
}

function evolveResource(
  resource: Resource,
  event: Exclude<ResourceEvent, { type: "resource-registered" }>,
): Resource {
  const { problem: _, ...rest } = resource;
  switch (event.type) {
    case "resource-undo-started":
      return {
        ...rest,
        status: "undoing",
        tries: [...(rest.tries ?? []), { startedAt: event.at }],
      };
    case "resource-released":
      return {
        ...withTryEnded(rest, { status: "passed", at: event.at, told: event.how }),
        status: "released",
        reason: event.how,
      };
    case "resource-undo-failed":
      return {
        ...withTryEnded(rest, { status: "failed", at: event.at, told: event.problem }),
        status: "owed",
        problem: event.problem,
      };
    case "resource-kept":
      return { ...rest, status: "kept", reason: event.reason };
  }
}

/** A step may release, too: then no try of the ledger is under way. */
function withTryEnded(resource: Resource, ended: NonNullable<UndoTry["ended"]>): Resource {
  const newest = resource.tries?.at(-1);
  if (resource.status !== "undoing" || newest === undefined) return resource;
  return { ...resource, tries: [...(resource.tries ?? []).slice(0, -1), { ...newest, ended }] };
}

function evolveSteps(state: DrillState, event: StepEvent): DrillState {
  if (event.type === "results-staled") {
    const because = { status: "stale", because: event.because, at: event.at } as const;
    return event.steps.reduce((folded, step) => withState(folded, step, because), state);
  }
  const record = evolveRecord(stepRecord(state, event.step), event);
  const steps = { ...state.steps, [event.step]: record };
  if (event.type === "step-passed") {
    return { ...state, steps, values: { ...state.values, ...event.report.values } };
  }
  return { ...state, steps };
}

function withState(state: DrillState, step: StepId, next: StepState): DrillState {
  const record = { ...stepRecord(state, step), state: next };
  return { ...state, steps: { ...state.steps, [step]: record } };
}

function evolveRecord(
  record: StepRecord,
  event: Exclude<StepEvent, { type: "results-staled" }>,
): StepRecord {
  switch (event.type) {
    case "step-started":
    case "step-awaited": {
      const status = event.type === "step-started" ? "running" : "awaiting";
      const { attempt, at: startedAt } = event;
      return {
        state: { status, attempt, startedAt },
        attempts: [...record.attempts, { attempt, startedAt, commands: [] }],
      };
    }
    case "command-issued":
      return {
        ...record,
        attempts: mapAttempt(record.attempts, event.attempt, (attempt) => ({
          ...attempt,
          commands: [...attempt.commands, event.command],
        })),
      };
    case "step-passed":
    case "step-failed":
    case "step-interrupted":
      return finish(record, event);
    case "step-skipped": {
      const { by, reason, at } = event;
      return { ...record, state: { status: "skipped", by, reason, at } };
    }
    case "failure-left-standing": {
      if (record.state.status !== "failed") return record;
      const standing = { reason: event.reason, at: event.at };
      return { ...record, state: { ...record.state, standing } };
    }
  }
}

type Ending = Extract<StepEvent, { type: "step-passed" | "step-failed" | "step-interrupted" }>;

function finish(record: StepRecord, event: Ending): StepRecord {
  const { attempt, at, report } = event;
  const startedAt = record.attempts.find((one) => one.attempt === attempt)?.startedAt ?? at;
  const finished = { attempt, startedAt, finishedAt: at, report };
  const end = (status: "passed" | "failed" | "interrupted", message?: string): readonly Attempt[] =>
    mapAttempt(record.attempts, attempt, (one) => ({
      ...one,
      ended: { status, at, report, ...(message === undefined ? {} : { message }) },
    }));
  switch (event.type) {
    case "step-passed":
      return { state: { status: "passed", ...finished }, attempts: end("passed") };
    case "step-failed": {
      const { failure } = event;
      return {
        state: { status: "failed", ...finished, failure },
        attempts: end("failed", failure.message),
      };
    }
    case "step-interrupted": {
      const { reason } = event;
      return {
        state: { status: "interrupted", ...finished, reason },
        attempts: end("interrupted", reason),
      };
    }
  }
}

function mapAttempt(
  attempts: readonly Attempt[],
  attempt: number,
  change: (attempt: Attempt) => Attempt,
): readonly Attempt[] {
  return attempts.map((one) => (one.attempt === attempt ? change(one) : one));
}

/** The newest report of a step, or an empty one. */
export function reportOf(record: StepRecord) {
  const { state } = record;
  return "report" in state ? state.report : EMPTY_REPORT;
}
