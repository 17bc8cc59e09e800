/** A server in a container of a Compose project, with the client programs of that container. */
import { addressOf, type Connection } from "../../postgres/connection.ts";
import { databaseUrl } from "../../postgres/conninfo.ts";
import { withFoundPassword } from "../../postgres/password-file.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { createRedactor } from "../../process/redact.ts";
import { type ComposeProject, findComposeAsking } from "../compose/command.ts";
import { type ContainerFacts, containerOf, listWords } from "../compose/container.ts";
import { type Inside, lookInside } from "../compose/inside.ts";
import { type SharedDirectory, sharedDirectory } from "../compose/mount.ts";
import { type Login, ownPort, type Reached, reachServer } from "../compose/reach.ts";
import { dataSpace, mountSpace } from "../compose/space.ts";
import { metricQueries } from "../metric-queries.ts";
import type { Target } from "../target.ts";
import { commonCapabilities, REASONS_WITHOUT, variablesOf } from "../target-variables.ts";
import { toolLines } from "../tools.ts";
import type { ComposeConfig } from "../types.ts";
import { composeApp } from "./compose-app.ts";
import { containerPlace } from "./compose-place.ts";
import type { OpenOptions } from "./direct.ts";
import { formatsOf } from "./formats.ts";
import { hostWork } from "./host-work.ts";
import { sessionsOf } from "./sessions.ts";

/**
 * Errors: Docker or Compose is missing or broken, the service has no healthy container, the server
 * cannot be reached. A mount that is not fit for backups is told by `formats` and `dump`.
 */
export async function openComposeTarget(
  config: ComposeConfig,
  options: OpenOptions,
): Promise<Result<Target>> {
  const { signal, line } = options;
  const asked = await findComposeAsking(config, listWords(config.service), signal);
  if (!asked.ok) return asked;
  const { project } = asked.value;
  line(`Compose project in ${config.project} (${project.command.join(" ")})`);
  const container = await containerOf(asked.value, config.service, signal);
  if (!container.ok) return container;
  const sick = healthProblem(container.value);
  if (sick !== undefined) return fail(sick);
  line(`Container ${container.value.name} is ${container.value.health ?? "running"}`);
  const reached = await reach(config, project, { container: container.value, signal });
  if (!reached.ok) return reached;
  const { connection, facts } = reached.value;
  line(`PostgreSQL ${facts.summary.version} at ${addressOf(connection)}`);
  const shared = await sharedDirectory(container.value, {
    host: config.backups.host,
    container: config.backups.container ?? "/backups",
  });
  const { database } = config;
  const look = { container: container.value, connection, database, facts, shared, signal };
  const inside = await lookInside(look);
  if (!inside.ok) return inside;
  for (const told of toolLines(inside.value.tools)) line(told);
  if (inside.value.note !== undefined) line(inside.value.note);
  return ok(
    targetOver({
      ...{ config, project, container: container.value, shared },
      ...{ reached: reached.value, inside: inside.value },
    }),
  );
}

interface Reaching {
  readonly container: ContainerFacts;
  readonly signal: AbortSignal;
}

async function reach(
  config: ComposeConfig,
  project: ComposeProject,
  { container, signal }: Reaching,
): Promise<Result<Reached>> {
  const login = await loginOf(config, project);
  const reached = await reachServer({ container, login, database: config.database, signal });
  if (reached.ok) return reached;
  const settings = project.resolved.services[config.service]?.environment ?? {};
  if (login.password !== undefined) {
    const refused = reached.problem.details?.sqlstate === WRONG_PASSWORD;
    const composes = login.password === settings.POSTGRES_PASSWORD;
    return refused && composes ? fail({ ...reached.problem, hint: keptPassword(config) }) : reached;
  }
  if (settings.POSTGRES_PASSWORD_FILE === undefined) return reached;
  return fail({
    ...reached.problem,
    hint: "The service reads its password from a file (POSTGRES_PASSWORD_FILE): set `password: ${DB_PASSWORD}` in the environment, and that variable in the shell.",
  });
}

const WRONG_PASSWORD = "28P01";

/** The image sets it when it makes the data directory, and never again. */
function keptPassword({ service }: ComposeConfig): string {
  return `It is POSTGRES_PASSWORD of service ${service}, and the server has kept the one it was made with: correct it where Compose reads it (.env), or the role's with ALTER ROLE.`;
}

/** Compose's own password is that of the role that it made. */
async function loginOf(config: ComposeConfig, project: ComposeProject): Promise<Login> {
  const { user, database } = config;
  const settings = project.resolved.services[config.service]?.environment ?? {};
  const made = (settings.POSTGRES_USER ?? "") || "postgres";
  const password =
    config.password ?? (made === user ? settings.POSTGRES_PASSWORD || undefined : undefined);
  if (password !== undefined) return { user, password };
  const anywhere: Connection = { host: "127.0.0.1", port: 5432, user };
  const found = await withFoundPassword(anywhere, database, process.env);
  return found.password === undefined ? { user } : { user, password: found.password };
}

function healthProblem({ name, health }: ContainerFacts): Problem | undefined {
  if (health !== "unhealthy") return undefined;
  return {
    code: "unusable",
    message: `Container ${name} is unhealthy: its own health check fails.`,
    hint: `Look at \`docker inspect ${name}\` and \`docker logs ${name}\`, then try again.`,
  };
}

interface Opened {
  readonly config: ComposeConfig;
  readonly project: ComposeProject;
  readonly container: ContainerFacts;
  readonly shared: Result<SharedDirectory>;
  readonly reached: Reached;
  readonly inside: Inside;
}

function targetOver(opened: Opened): Target {
  const { config, project, container, shared, inside } = opened;
  const { connection, facts } = opened.reached;
  const { connect, connectAs, closeAll } = sessionsOf(connection, config.database);
  const secrets = connection.password === undefined ? [] : [connection.password];
  const { capabilities, ...app } = composeApp({
    project,
    app: config.app,
    connection: { ...connection, host: config.service, port: ownPort(container) },
  });
  return {
    summary: {
      name: config.name,
      target: "compose",
      database: config.database,
      server: facts.summary,
    },
    production: config.production,
    project: config.project,
    capabilities: new Set([...commonCapabilities(config), "compose" as const, ...capabilities]),
    reasonWithout: (capability) => REASONS[capability] ?? REASONS_WITHOUT[capability],
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
    formats: async () =>
      inside.dumpProblem === undefined ? ok(formatsOf(inside.tools)) : fail(inside.dumpProblem),
    ...hostWork({
      connection,
      primary: config.database,
      tools: inside.tools,
      redactor: createRedactor(secrets),
      deadClientSettings: facts.deadClientSettings,
      away: containerPlace({ project, container, inside, shared }),
    }),
    async freeSpace(where) {
      if (where === "backups") return shared.ok ? mountSpace(container, shared.value) : shared;
      const session = await connect({
        ...{ database: config.database, role: "primary", purpose: "free space" },
      });
      if (!session.ok) return session;
      const space = await dataSpace(container, session.value);
      await session.value.close();
      return space;
    },
    ...app,
    close: closeAll,
  };
}

/** Where they differ from a direct environment's. */
const REASONS: Readonly<Record<string, string>> = {
  app: "the environment has no `app` with a `service`",
  "web-page": "the environment has no `app` with a `service`",
};
