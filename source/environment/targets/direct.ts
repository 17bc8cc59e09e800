/** A server reached over TCP or a socket, with the client programs of this host. */

import type { ServerSummary } from "../../drill/types.ts";
import { addressOf, type Connection } from "../../postgres/connection.ts";
import { databaseUrl } from "../../postgres/conninfo.ts";
import { withFoundPassword } from "../../postgres/password-file.ts";
import { fail, ok, type Result } from "../../problem.ts";
import { createRedactor } from "../../process/redact.ts";
import {
  describeAppStart,
  recordedProcessRuns,
  startAppProcess,
  stopRecordedProcess,
} from "../app-process.ts";
import { describeRunOnHost, runOnHost } from "../app-run.ts";
import { freeSpaceAt, serverFreeSpace } from "../free-space.ts";
import { metricQueries } from "../metric-queries.ts";
import type { ServerFacts } from "../server-facts.ts";
import type { AppRequest, FreeSpace, Target } from "../target.ts";
import { commonCapabilities, REASONS_WITHOUT, variablesOf } from "../target-variables.ts";
import { findTools, type Toolbox, toolLines } from "../tools.ts";
import type { DirectConfig } from "../types.ts";
import { formatsOf } from "./formats.ts";
import { hostWork } from "./host-work.ts";
import { lookAtPrimary, sessionsOf } from "./sessions.ts";

export interface OpenOptions {
  /** What is being done, for the operator. */
  line(text: string): void;
  readonly signal: AbortSignal;
}

/** Errors: the server cannot be used (see connection-problem.ts). Missing programs are no error here. */
export async function openDirectTarget(
  config: DirectConfig,
  options: OpenOptions,
): Promise<Result<Target>> {
  const { host, port, user, password } = config;
  const configured = { host, port, user, ...(password === undefined ? {} : { password }) };
  const connection = await withFoundPassword(configured, config.database, process.env);
  options.line(`Connecting to PostgreSQL at ${addressOf(connection)}`);
  const facts = await lookAtPrimary(connection, config.database, options.signal);
  if (!facts.ok) return facts;
  options.line(`PostgreSQL ${facts.value.summary.version}`);
  const tools = await findTools({
    serverMajor: facts.value.major,
    ...(config.bin === undefined ? {} : { bin: config.bin }),
  });
  for (const line of toolLines(tools)) options.line(line);
  return ok(targetOver({ config, connection, facts: facts.value, tools }));
}

/**
 * Of a server that does not answer, as it was when it did: for what can be done without it. Every
 * session fails as long as it stays away, and undoing looks at the server anew before it drops.
 */
export async function unseenDirectTarget(
  config: DirectConfig,
  server: ServerSummary,
): Promise<Target> {
  const { host, port, user, password } = config;
  const connection = { host, port, user, ...(password === undefined ? {} : { password }) };
  const major = Number.parseInt(server.version, 10);
  const tools = await findTools({
    serverMajor: major,
    ...(config.bin === undefined ? {} : { bin: config.bin }),
  });
  const facts = { summary: server, major, port, started: "", deadClientSettings: [] };
  return targetOver({ config, connection, facts, tools });
}

interface Opened {
  readonly config: DirectConfig;
  readonly connection: Connection;
  readonly facts: ServerFacts;
  readonly tools: Toolbox;
}

function targetOver(opened: Opened): Target {
  const { config, connection, facts, tools } = opened;
  const { connect, connectAs, closeAll } = sessionsOf(connection, config.database);
  const secrets = connection.password === undefined ? [] : [connection.password];
  const app = config.app?.command;

  return {
    summary: {
      name: config.name,
      target: "direct",
      database: config.database,
      server: facts.summary,
    },
    production: config.production,
    project: config.project,
    capabilities: capabilitiesOf(config),
    reasonWithout: (capability) => REASONS_WITHOUT[capability],
    variables: variablesOf(config, { ...connection, server: facts.summary }),
    metricQueries: metricQueries(config.monitoring),
    secretVariables: (restoreDatabase) => ({
      DB_PASSWORD: connection.password ?? "",
      PGPASSWORD: connection.password ?? "",
      DATABASE_URL: databaseUrl(connection, restoreDatabase),
    }),
    secrets,
    user: config.user,
    connect,
    connectAs,
    backupDirectory: config.backups.host,
    formats: async () => ok(formatsOf(tools)),
    ...hostWork({
      connection,
      primary: config.database,
      tools,
      redactor: createRedactor(secrets),
      deadClientSettings: facts.deadClientSettings,
    }),
    freeSpace: (where) =>
      where === "backups" ? freeSpaceAt(config.backups.host) : dataSpace(connect, config),
    describeApp: (request) => describeAppStart(app ?? "", request),
    startApp: async (request: AppRequest, io) => {
      if (app === undefined) return fail(withoutApp());
      const url = databaseUrl({ ...connection, ...request.login }, request.database);
      const env = request.secrets ?? {};
      const start = { command: app, project: config.project, databaseUrl: url, env };
      return startAppProcess(start, request, io);
    },
    appRuns: recordedProcessRuns,
    describeAppRun: describeRunOnHost,
    runInApp: (request, io) => {
      const url = databaseUrl(connection, request.database);
      return runOnHost({ project: config.project, databaseUrl: url }, request, io);
    },
    stopProcess: stopRecordedProcess,
    at: (place) => copyAt(opened, place),
    close: closeAll,
  };
}

function copyAt(opened: Opened, { host, port }: { host: string; port: number }): Target {
  const connection = { ...opened.connection, host, port };
  const summary = { ...opened.facts.summary, address: addressOf(connection) };
  const copy = targetOver({
    ...opened,
    config: { ...opened.config, host, port },
    connection,
    facts: { ...opened.facts, summary },
  });
  const { connectAs: _, ...rest } = copy;
  return { ...rest, connect: (options) => copy.connect({ ...options, role: "primary" }) };
}

function capabilitiesOf(config: DirectConfig): Target["capabilities"] {
  const offered = commonCapabilities(config);
  if (config.app?.command !== undefined) offered.add("app").add("web-page");
  return offered;
}

function withoutApp() {
  return {
    code: "unusable",
    message: `The app cannot be started: ${REASONS_WITHOUT.app}.`,
    hint: "Add `command` to the environment's `app`.",
  } as const;
}

async function dataSpace(
  connect: Target["connect"],
  config: DirectConfig,
): Promise<Result<FreeSpace>> {
  const options = { database: config.database, role: "primary", purpose: "free space" } as const;
  const session = await connect(options);
  if (!session.ok) return session;
  const space = await serverFreeSpace(session.value, config.host);
  await session.value.close();
  return space;
}
