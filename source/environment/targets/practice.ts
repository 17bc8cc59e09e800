/** The practice environment as a target: its own server, reached like any direct one. */
import { mkdirSync } from "node:fs";
import { dumpAndRestore } from "../../practice/builtin-tools.ts";
import { entryPoint } from "../../practice/entry-points.ts";
import { type PracticeServer, startPracticeServer } from "../../practice/server.ts";
import { fail, ok, type Result } from "../../problem.ts";
import type { Target } from "../target.ts";
import type { DirectConfig } from "../types.ts";
import { openDirectTarget } from "./direct.ts";

export interface PracticeOptions {
  line(text: string): void;
  /** Stops the opening. */
  readonly signal: AbortSignal;
  /** Absolute; where backups go, and stay when the environment is gone. */
  readonly backupDirectory: string;
}

/** Starts a server, fills it, and gives a target whose `close` leaves only the backups behind. */
export async function openPracticeTarget(options: PracticeOptions): Promise<Result<Target>> {
  const backups = makeDirectory(options.backupDirectory);
  if (!backups.ok) return backups;
  const server = await startPracticeServer(options);
  if (!server.ok) return server;
  const direct = await openDirect(server.value, options);
  if (!direct.ok) {
    await server.value.close();
    return direct;
  }
  const target = await wrap(direct.value, server.value, options);
  if (!target.ok) {
    await direct.value.close();
    await server.value.close();
  }
  return target;
}

async function openDirect(
  server: PracticeServer,
  options: PracticeOptions,
): Promise<Result<Target>> {
  try {
    // What it says of the host's client programs matters only where they are used.
    const quiet = { signal: options.signal, line: () => {} };
    return await openDirectTarget(directConfig(server, options.backupDirectory), quiet);
  } catch (bug) {
    await server.close();
    throw bug;
  }
}

function directConfig(server: PracticeServer, backups: string): DirectConfig {
  return {
    name: "practice",
    target: "direct",
    production: false,
    project: server.project,
    host: server.host,
    port: server.port,
    user: server.user,
    database: server.database,
    password: server.password,
    backups: { host: backups },
    app: { port: 3000, health: "/health", ready: "/ready", command: appCommand(server) },
    migrations: { tool: "prisma", directory: "prisma/migrations" },
  };
}

/** The service leaves by itself when the environment's directory does. */
function appCommand(server: PracticeServer): string {
  const parts = [process.execPath, entryPoint("game-service")].map(quoteForBash);
  return `PRACTICE_DIRECTORY=${quoteForBash(server.directory)} exec ${parts.join(" ")}`;
}

function quoteForBash(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Takes the direct target's tools where they fit the server, and the built-in ones elsewhere. */
async function wrap(
  direct: Target,
  server: PracticeServer,
  options: PracticeOptions,
): Promise<Result<Target>> {
  const formats = await direct.formats();
  if (!formats.ok) return formats;
  const ownTools = formats.value.plain === true;
  options.line(ownTools ? "Using this host's pg_dump" : "Using the built-in pg_dump and restore");
  const tools = ownTools ? direct : dumpAndRestore(server, server.database, formats.value);
  const capabilities = new Set([...direct.capabilities, "app", "migrations", "web-page"] as const);
  return ok({
    summary: { ...direct.summary, name: "practice", target: "practice" },
    production: false,
    project: direct.project,
    capabilities,
    reasonWithout: (capability) =>
      capability === "monitoring" || capability === "prometheus"
        ? "The practice environment has no monitoring stack."
        : direct.reasonWithout(capability),
    variables: { ...direct.variables, ENVIRONMENT: "practice" },
    metricQueries: direct.metricQueries,
    secretVariables: (database) => direct.secretVariables(database),
    secrets: [...direct.secrets, server.password, server.superuserPassword],
    user: direct.user,
    connect: (session) => direct.connect(session),
    ...(direct.connectAs === undefined ? {} : { connectAs: direct.connectAs }),
    backupDirectory: direct.backupDirectory,
    formats: () => tools.formats(),
    describeDump: (request) => tools.describeDump(request),
    dump: (request, io) => tools.dump(request, io),
    describeRestore: (request) => tools.describeRestore(request),
    restore: (request, io) => tools.restore(request, io),
    freeSpace: (where) => direct.freeSpace(where),
    describeApp: (request) => direct.describeApp(request),
    startApp: (request, io) => direct.startApp(request, io),
    appRuns: (undo) => direct.appRuns(undo),
    describeAppRun: (request) => direct.describeAppRun(request),
    runInApp: (request, io) => direct.runInApp(request, io),
    stopProcess: (undo) => direct.stopProcess(undo),
    close: async () => {
      await direct.close();
      await server.close();
    },
  });
}

function makeDirectory(path: string): Result<void> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return ok(undefined);
  } catch (error) {
    return fail({
      code: "unusable",
      message: `The directory for practice backups, ${JSON.stringify(path)}, cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Set RESTORE_DRILL_HOME to a directory you can write to.",
    });
  }
}
