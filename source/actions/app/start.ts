import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { AppRequest, StartedApp, Target, WorkIo } from "../../environment/target.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Problem, Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { httpGet } from "../http/get.ts";
import { stopped as stoppedBy } from "../outcome.ts";
import { atCopy, optionalCopyInputs } from "../postgres/copy.ts";
import { howItEnded, keepInBackground } from "../process/background.ts";
import { createLastLines, type LastLines } from "../process/last-lines.ts";
import { waitReady } from "../process/wait-ready.ts";
import { stopResource } from "../undo-process.ts";
import { credentialsOf } from "./credentials.ts";
import { portIsFree } from "./free-port.ts";
import { appResource, appResourceId, owedApps, stopApp } from "./ledger.ts";

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
  outputs: { APP_URL: "Where the app answers, such as http://127.0.0.1:4000" },
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
  for (const earlier of owedApps(context)) {
    context.line("note", `Stopping ${earlier.label}, which this drill started before.`);
    const stopped = await stopApp(earlier, context);
    if (!stopped.ok) return { ok: false, problem: stopped.problem, checks: [] };
  }
  const given = await credentialsOf(input, context);
  if (!given.ok) return stoppedBy(given.problem);
  const token = randomUUID();
  const { database } = input;
  const port = await freePort(input, context);
  const request = { database, port, ...given.value, token, drill: context.drill.id };
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
    return { ok: false, problem: started.problem, checks: [] };
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
  if (problem === undefined) return running(app, placeOf(input), request);
  await endAndRelease(resource, context);
  return { ok: false, problem, checks: [] };
}

async function endAndRelease(
  resource: ReturnType<typeof appResource>,
  context: ActionContext,
): Promise<void> {
  const stopped = await stopResource(resource, context.target);
  if (stopped.ok) await context.release(resource.id, stopped.value);
}

function placeOf({ database, host, hostPort }: Input): string {
  return host === "" ? `database ${database}` : `database ${database} at ${host}:${hostPort}`;
}

function running({ url }: StartedApp, place: string, { login }: AppRequest): ActionResult {
  const as = login === undefined ? "" : ` as ${showName(login.user)}`;
  return {
    ok: true,
    values: { APP_URL: url },
    checks: [
      {
        title: "App answers",
        status: "passed",
        expected: `any answer within ${READY_SECONDS} s`,
        observed: `${url}, on ${place}${as}`,
      },
    ],
  };
}

async function freePort({ port }: Input, context: ActionContext): Promise<number> {
  if (port === 0 || (await portIsFree(port))) return port;
  context.line("note", `Port ${port} is taken on this host, so a free one is picked.`);
  return 0;
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
    case "died":
      return {
        code: "failed",
        message: `The app ended (${howItEnded(waited.outcome)}) before it answered${lines.told()}`,
        hint: "Read its output, mend the cause and run the step again.",
      };
  }
}
