import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { isPortTaken, portTaken } from "../../environment/port.ts";
import type { AppRequest, StartedApp, Target, WorkIo } from "../../environment/target.ts";
import { showName } from "../../postgres/identifiers.ts";
import { fail, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { httpGet } from "../http/get.ts";
import { stopped } from "../outcome.ts";
import { atCopy, optionalCopyInputs } from "../postgres/copy.ts";
import { howItEnded, keepInBackground } from "../process/background.ts";
import { createLastLines, type LastLines } from "../process/last-lines.ts";
import { waitReady } from "../process/wait-ready.ts";
import { stopResource } from "../undo-process.ts";
import { credentialsOf } from "./credentials.ts";
import { portIsFree } from "./free-port.ts";
import { appResource, appResourceId, endedBefore, owedApps, stopApp } from "./ledger.ts";

const READY_SECONDS = 60;
const POLL_TIMEOUT_SECONDS = 5;

const inputs = z.strictObject({
  database: z.string().min(1).describe("Database the app is pointed at."),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(4000)
    .describe("Port on this host; 4000 unless given. A free one is picked when it is taken."),
  role: z
    .string()
    .default("")
    .describe("Role that postgres/create-login made in this drill, for DATABASE_URL to name."),
  secrets: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().min(1))
    .default({})
    .describe("More variables of the app, by name: files that hold their values."),
  host: optionalCopyInputs.host,
  hostPort: optionalCopyInputs.port,
});

type Input = z.output<typeof inputs>;

export const appStartAction = defineAction({
  name: "app/start",
  about: "Starts the app against a database and waits until it answers; it goes on until stopped.",
  inputs,
  outputs: {
    APP_URL:
      "Where the app answers, such as http://127.0.0.1:4000; not set any more once it is stopped.",
  },
  needs: ["app"],
  plan: ({ role: _, host: __, hostPort: ___, ...request }, { target }) => [
    target.describeApp(request),
  ],
  run: (input, context) =>
    atCopy(context, { host: input.host, port: input.hostPort }, (target) =>
      start(input, context, target),
    ),
});

async function start(input: Input, context: ActionContext, target: Target): Promise<ActionResult> {
  const replaced: Check[] = [];
  for (const earlier of owedApps(context)) {
    context.line("note", `Stopping ${earlier.label}, which this drill started before.`);
    const ended = await stopApp(earlier, context);
    if (!ended.ok) return stopped(ended.problem, replaced);
    if (ended.value.endedBefore) replaced.push(endedBefore(earlier));
  }
  const given = await credentialsOf(input, context);
  if (!given.ok) return stopped(given.problem, replaced);
  const request = { database: input.database, ...given.value, drill: context.drill.id };
  const started = await startAnywhere(input.port, { input, request, target, context });
  if (!started.ok) return stopped(started.problem, replaced);
  return running(started.value, placeOf(input), { request, replaced });
}

interface Start {
  readonly input: Input;
  readonly request: Omit<AppRequest, "port" | "token">;
  readonly target: Target;
  readonly context: ActionContext;
}

/** At a free port where the one asked for is taken, even if only since it was looked at. */
async function startAnywhere(wanted: number, start: Start): Promise<Result<StartedApp>> {
  const { context } = start;
  const free = wanted === 0 || (await portIsFree(wanted));
  const started = free ? await startAt(wanted, start) : fail(portTaken(`Port ${wanted} is taken.`));
  if (started.ok || wanted === 0 || !isPortTaken(started.problem)) return started;
  context.line("note", `Port ${wanted} is taken on this host, so a free one is picked.`);
  return startAt(0, start);
}

async function startAt(port: number, start: Start): Promise<Result<StartedApp>> {
  const { input, target, context } = start;
  const token = randomUUID();
  const request = { ...start.request, port, token };
  await context.command(target.describeApp(request));
  const lines = createLastLines();
  const owed = appResource(context.target, {
    id: appResourceId(context.step),
    what: `the app on ${placeOf(input)}`,
    token,
  });
  // Before there is anything to undo: a crash must find it in the journal.
  await context.register(owed);
  const started = await spawn(target, request, { lines, context });
  if (!started.ok) {
    await endAndRelease(owed, context);
    return started;
  }
  const app = started.value;
  const resource = {
    ...owed,
    label: `the app at ${app.url} on ${placeOf(input)}`,
    undo: app.undo,
    gives: ["APP_URL"],
  };
  keepInBackground(context.target, resource.id, app.process);
  await context.register(resource);
  const problem = await untilAnswering(app, lines, context);
  if (problem === undefined) return started;
  await endAndRelease(resource, context);
  return fail(problem);
}

async function endAndRelease(
  resource: ReturnType<typeof appResource>,
  context: ActionContext,
): Promise<void> {
  const ended = await stopResource(resource, context.target);
  if (ended.ok) await context.release(resource.id, ended.value);
}

function placeOf({ database, host, hostPort }: Input): string {
  return host === "" ? `database ${database}` : `database ${database} at ${host}:${hostPort}`;
}

function running(
  { url }: StartedApp,
  place: string,
  { request, replaced }: Pick<Start, "request"> & { readonly replaced: readonly Check[] },
): ActionResult {
  const { login } = request;
  const as = login === undefined ? "" : ` as ${showName(login.user)}`;
  return {
    ok: true,
    values: { APP_URL: url },
    checks: [
      ...replaced,
      {
        title: "App answers",
        status: "passed",
        expected: `any answer within ${READY_SECONDS} s`,
        observed: `${url}, on ${place}${as}`,
      },
    ],
  };
}

/** The signal of this step ends with the step; the app goes on, so it gets one of its own. */
async function spawn(
  target: Target,
  request: AppRequest,
  { lines, context }: { readonly lines: LastLines; readonly context: ActionContext },
): Promise<Result<StartedApp>> {
  const starting = new AbortController();
  const cancel = () => starting.abort(context.signal.reason);
  if (context.signal.aborted) cancel();
  context.signal.addEventListener("abort", cancel, { once: true });
  const io: WorkIo = {
    signal: starting.signal,
    line(stream, text) {
      if (stream !== "note") lines.add(text);
      context.line(stream, text);
    },
    progress: context.progress,
  };
  try {
    return await target.startApp(request, io);
  } finally {
    context.signal.removeEventListener("abort", cancel);
  }
}

async function untilAnswering(
  app: StartedApp,
  lines: LastLines,
  { target, signal }: ActionContext,
): Promise<Problem | undefined> {
  const url = `${app.url}${target.variables.APP_PATH_HEALTH || "/"}`;
  const waited = await waitReady({
    running: app.process,
    signal,
    timeoutSeconds: READY_SECONDS,
    // Whether the answer is a good one is for the checks that follow to say.
    ready: async (until) =>
      (await httpGet(url, { timeoutSeconds: POLL_TIMEOUT_SECONDS, signal: until })).ok,
  });
  switch (waited.how) {
    case "ready":
      return undefined;
    case "cancelled":
      return { code: "interrupted", message: "The app was stopped before it answered." };
    case "too-late":
      return {
        code: "failed",
        message: `The app did not answer at ${url} within ${READY_SECONDS} s${lines.told()}`,
        hint: "Read its output; check its health path and port in restore-drill.yaml.",
      };
    case "died": {
      const message = `The app ended (${howItEnded(waited.outcome)}) before it answered${lines.told()}`;
      if (!(await portIsFree(Number(new URL(app.url).port)))) return portTaken(message);
      const hint = "Read its output, mend the cause and run the step again.";
      return { code: "failed", message, hint };
    }
  }
}
