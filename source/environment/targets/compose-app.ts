/** The app of a Compose project, in a container of its own. */
import { randomUUID } from "node:crypto";
import type { Connection } from "../../postgres/connection.ts";
import { databaseUrl } from "../../postgres/conninfo.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { shellCommand } from "../../process/shell-quote.ts";
import type { ComposeProject } from "../compose/command.ts";
import {
  type OneOff,
  oneOffCommand,
  oneOffRuns,
  removeOneOff,
  startOneOff,
} from "../compose/one-off.ts";
import { claimPort } from "../port.ts";
import type { AppRequest, AppRunRequest, Capability, Target } from "../target.ts";
import type { AppConfig } from "../types.ts";

export interface ComposeAppPlace {
  readonly project: ComposeProject;
  readonly app: AppConfig | undefined;
  /** As other containers reach the server: the service's name and its own port. */
  readonly connection: Connection;
}

export type ComposeApp = Pick<
  Target,
  "describeApp" | "startApp" | "appRuns" | "describeAppRun" | "runInApp" | "stopProcess"
> & { readonly capabilities: readonly Capability[] };

/** Stands in the plan for what is chosen when the step runs. */
const LATER = "…";

export function composeApp(place: ComposeAppPlace): ComposeApp {
  const { project, app } = place;
  const service = app?.service;
  if (app === undefined || service === undefined) return withoutApp();
  const shown = (one: OneOff) => `DATABASE_URL=•••• ${shellCommand(oneOffCommand(project, one))}`;
  const oneOff = (request: AppRequest | AppRunRequest, token: string): OneOff => ({
    service,
    token,
    ...(request.drill === undefined ? {} : { drill: request.drill }),
    variables: { NODE_ENV: "production" },
    secrets: {
      ...request.secrets,
      DATABASE_URL: databaseUrl({ ...place.connection, ...request.login }, request.database),
    },
  });
  const served = (request: AppRequest, token: string): OneOff => ({
    ...oneOff(request, token),
    publish: `127.0.0.1:${request.port}:${app.port}`,
    ...(app.words === undefined ? {} : { words: app.words }),
  });
  const asked = (request: AppRunRequest, token: string): OneOff => ({
    ...oneOff(request, token),
    words: wordsOf(request.command),
  });
  return {
    capabilities: ["app", "web-page"],
    describeApp: (request) => shown(served(request, request.token ?? LATER)),
    async startApp(request, io) {
      const port = await claimPort(request.port);
      if (!port.ok) return port;
      const token = request.token ?? randomUUID();
      const started = await startOneOff(
        project,
        served({ ...request, port: port.value }, token),
        io,
      );
      if (!started.ok) return started;
      return ok({
        url: `http://127.0.0.1:${port.value}`,
        process: started.value,
        undo: { token },
      });
    },
    appRuns: ({ token = "" }) => oneOffRuns(token),
    describeAppRun: (request) => shown(asked(request, request.token ?? LATER)),
    async runInApp(request, io) {
      const token = request.token ?? randomUUID();
      const started = await startOneOff(project, asked(request, token), io);
      if (!started.ok) {
        await removeOneOff(token);
        return started;
      }
      const stop = () => void started.value.stop(1);
      io.signal.addEventListener("abort", stop, { once: true });
      if (io.signal.aborted) stop();
      const { exit } = await started.value.exited;
      io.signal.removeEventListener("abort", stop);
      const removed = await removeOneOff(token);
      if (io.signal.aborted) return fail({ code: "interrupted", message: "It was interrupted." });
      return removed.ok ? ok({ exit }) : removed;
    },
    stopProcess: stopByToken,
  };
}

async function stopByToken({ token }: Readonly<Record<string, string>>): Promise<Result<string>> {
  if (token !== undefined && token !== "") return removeOneOff(token);
  return fail({
    code: "failed",
    message: "The journal does not say which container it was.",
    hint: "Look for it with `docker ps -a`, remove it, then keep it in the ledger with that reason.",
  });
}

/** The runbook's own words where no shell is needed to read them. */
function wordsOf(command: string): readonly string[] {
  return /^[\w@.,:/=+ -]+$/.test(command)
    ? command.split(" ").filter((word) => word !== "")
    : ["sh", "-c", command];
}

function withoutApp(): ComposeApp {
  const problem = {
    code: "unusable",
    message: "The environment names no `app` service of the Compose project.",
    hint: "Add `app: { service: app }` to the environment.",
  } as const;
  return {
    capabilities: [],
    describeApp: () => "",
    startApp: async () => fail(problem),
    appRuns: async () => ok(false),
    describeAppRun: () => "",
    runInApp: async () => fail(problem),
    stopProcess: stopByToken,
  };
}
