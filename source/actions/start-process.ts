/** Runs a `start` step: a background process, ready before the step passes, stopped by its undo. */
import { randomUUID } from "node:crypto";
import { expand } from "../checklist/expand.ts";
import type { Readiness, StartStep } from "../checklist/types.ts";
import type { StepOutcome } from "../engine/ports.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import { processFacts } from "../process/identity.ts";
import type { RunningProcess } from "../process/process.ts";
import { outputLine } from "./clean-output.ts";
import { httpGet } from "./http/get.ts";
import { howItEnded, keepInBackground } from "./process/background.ts";
import { createLastLines, type LastLines } from "./process/last-lines.ts";
import { TOKEN_VARIABLE } from "./process/ours.ts";
import { pause, type Waited, waitReady } from "./process/wait-ready.ts";
import { scriptRequest } from "./script.ts";
import { failed, interrupted, report, type Try } from "./step-try.ts";
import { variablesOf } from "./step-variables.ts";
import { START_STEP, stopResource } from "./undo-process.ts";

const POLL_TIMEOUT_SECONDS = 5;
/** Without a readiness, what survives this long counts as started. */
const SETTLE_MS = 500;

interface Started {
  readonly resource: Parameters<typeof stopResource>[0];
  readonly running: RunningProcess;
  readonly lines: LastLines;
  /** Whether the output has held the text of `ready.output`. */
  said(): boolean;
}

export async function startProcess(step: StartStep, one: Try): Promise<StepOutcome> {
  const ready = expandedReadiness(step, one);
  if (!ready.ok) return failed(ready.problem);
  const stopped = await stopEarlier(step, one);
  if (!stopped.ok) return failed(stopped.problem);
  await one.context.command(step.start);
  const started = await spawn(step, ready.value, one);
  if (!started.ok) return failed(started.problem);
  const waited = await wait(ready.value, started.value, one);
  if (waited.how === "ready") return passed(ready.value);
  await end(started.value.resource, one);
  if (waited.how === "cancelled") return interrupted(one.signal);
  return failed(notReady(step, waited, started.value.lines));
}

/** A re-run replaces what the step started before. */
async function stopEarlier(step: StartStep, one: Try): Promise<Result<void>> {
  const earlier = one.context.state.resources.filter(
    ({ id, status }) =>
      id === resourceId(step) && (status === "owed" || status === "undoing" || status === "kept"),
  );
  for (const resource of earlier) {
    one.context.line("note", `Stopping ${resource.label}, which this step started before.`);
    const stopped = await end(resource, one);
    if (!stopped.ok) return stopped;
  }
  return ok(undefined);
}

function resourceId(step: StartStep): string {
  return `process:${step.id}`;
}

async function end(resource: Started["resource"], { deps, context }: Try): Promise<Result<string>> {
  const stopped = await stopResource(resource, deps.target);
  if (stopped.ok) await context.release(resource.id, stopped.value);
  return stopped;
}

/**
 * The undo is owed before there is a process, by a token in its environment; its pid follows.
 */
async function spawn(
  step: StartStep,
  ready: Readiness | undefined,
  one: Try,
): Promise<Result<Started>> {
  const { deps, context } = one;
  const token = randomUUID();
  const facts = { by: START_STEP, token };
  const resource = {
    id: resourceId(step),
    kind: "process" as const,
    label: `the process of step "${step.title}"`,
    undo: facts,
  };
  await context.register(resource);
  const lines = createLastLines();
  let said = false;
  const request = scriptRequest(step.start, one);
  const spawned = await deps.processes.start({
    ...request,
    env: { ...request.env, [TOKEN_VARIABLE]: token },
    onLine(stream, text) {
      const safe = outputLine(text, deps.redact);
      said ||= ready?.output !== undefined && safe.includes(ready.output);
      lines.add(safe);
      context.line(stream, safe);
    },
  });
  if (!spawned.ok) {
    await context.release(resource.id, "it was never started");
    return spawned;
  }
  const running = spawned.value;
  keepInBackground(deps.target, resource.id, running);
  const identified = { ...resource, undo: { ...facts, ...(await processFacts(running.pid)) } };
  await context.register(identified);
  return ok({ resource: identified, running, lines, said: () => said });
}

function wait(
  ready: Readiness | undefined,
  { running, said }: Started,
  { signal }: Try,
): Promise<Waited> {
  if (ready === undefined) {
    const settled = async (until: AbortSignal) => {
      await pause(SETTLE_MS, until);
      return true;
    };
    return waitReady({ running, signal, timeoutSeconds: 60, ready: settled });
  }
  const { http, output, timeoutSeconds } = ready;
  return waitReady({
    running,
    signal,
    timeoutSeconds,
    ready: async (until) =>
      (output === undefined || said()) && (http === undefined || (await answers(http, until))),
  });
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const got = await httpGet(url, { timeoutSeconds: POLL_TIMEOUT_SECONDS, signal });
  return got.ok && got.value.status >= 200 && got.value.status < 300;
}

function passed(ready: Readiness | undefined): StepOutcome {
  const expected = ready === undefined ? "running" : wanted(ready);
  return {
    status: "passed",
    report: report({
      checks: [
        {
          title: ready === undefined ? "started" : "ready",
          status: "passed",
          expected,
          observed: ready === undefined ? "running" : "so it was",
        },
      ],
    }),
  };
}

function wanted({ http, output, timeoutSeconds }: Readiness): string {
  const parts = [
    ...(http === undefined ? [] : [`a 2xx status from ${http}`]),
    ...(output === undefined ? [] : [`${JSON.stringify(output)} in its output`]),
  ];
  return `${parts.join(" and ")} within ${timeoutSeconds} s`;
}

function notReady(
  { ready, title }: StartStep,
  waited: Exclude<Waited, { how: "ready" | "cancelled" }> | Waited,
  lines: LastLines,
): Problem {
  const message =
    waited.how === "died"
      ? `"${title}" ended (${howItEnded(waited.outcome)}) before it was ready${lines.told()}`
      : `"${title}" was not ready within ${ready?.timeoutSeconds ?? 60} s${lines.told()}`;
  return { code: "failed", message, hint: "Read its output, mend the cause, run the step again." };
}

function expandedReadiness(
  { ready, id }: StartStep,
  { deps, context }: Try,
): Result<Readiness | undefined> {
  if (ready === undefined) return ok(undefined);
  const values = variablesOf(deps, context.state);
  const http = expand(ready.http ?? "", values);
  const output = expand(ready.output ?? "", values);
  const missing = [...(http.missing ?? []), ...(output.missing ?? [])];
  if (http.text === undefined || output.text === undefined) {
    return fail({
      code: "failed",
      message: `The readiness of step ${id} has no value for ${missing.join(", ")}.`,
      hint: "Run the step that gives it, or set it with --set.",
    });
  }
  return ok({
    timeoutSeconds: ready.timeoutSeconds,
    ...(ready.http === undefined ? {} : { http: http.text }),
    ...(ready.output === undefined ? {} : { output: output.text }),
  });
}
