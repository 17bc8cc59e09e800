/** What a Compose project says of itself: which service is what. Pure; nothing is guessed. */
import { posix } from "node:path";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ComposeConfig, MonitoringConfig } from "../types.ts";
import { appOf } from "./discover-app.ts";
import type { ResolvedProject, ResolvedService } from "./resolved.ts";

/** A line for the operator to confirm. Never holds a secret. */
export interface Finding {
  /** Key of the configuration: `database`, `app`. */
  readonly key: string;
  readonly value: string;
  /** `POSTGRES_DB of service postgres`. */
  readonly from: string;
}

export interface Discovered {
  readonly config: ComposeConfig;
  readonly found: readonly Finding[];
}

export interface Place {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Whether there is a `prisma/migrations` in it. */
  readonly prisma: boolean;
}

/** undefined: no Postgres in it. Errors: more than one, which is not for a tool to choose from. */
export function discover(project: ResolvedProject, place: Place): Result<Discovered> | undefined {
  const servers = postgresServices(project);
  const [server, ...more] = servers;
  if (server === undefined) return undefined;
  if (more.length > 0) return fail(several(servers.map(([name]) => name)));
  const [service, facts] = server;
  const login = loginOf(service, facts);
  const backups = backupsOf(service, facts, place.directory);
  const app = appOf(project, service);
  const monitoring = monitoringOf(project);
  const migrations = place.prisma
    ? { tool: "prisma" as const, directory: posix.join(place.directory, MIGRATIONS) }
    : undefined;
  const config: ComposeConfig = {
    name: place.name,
    target: "compose",
    production: false,
    project: place.directory,
    files: [],
    service,
    ...login.config,
    backups: backups.config,
    ...(app === undefined ? {} : { app: app.config }),
    ...(monitoring === undefined ? {} : { monitoring: monitoring.config }),
    ...(migrations === undefined ? {} : { migrations }),
  };
  const found: readonly Finding[] = [
    { key: "service", value: service, from: `its image is ${facts.image ?? "built here"}` },
    ...login.found,
    ...portFinding(service, facts),
    backups.found,
    ...(app === undefined ? [] : [app.found]),
    ...(monitoring?.found ?? []),
    ...(migrations === undefined
      ? []
      : [{ key: "migrations", value: MIGRATIONS, from: "the project's directory" }]),
  ];
  return ok({ config, found });
}

const MIGRATIONS = "prisma/migrations";

type Named = readonly [name: string, service: ResolvedService];

const POSTGRES_IMAGE =
  /(?:^|\/)(?:postgres|postgresql|postgis|timescaledb(?:-ha)?|pgvector|supabase-postgres)(?:[:@]|$)/;
const SERVER_SETTINGS = [
  "POSTGRES_PASSWORD",
  "POSTGRES_PASSWORD_FILE",
  "POSTGRES_HOST_AUTH_METHOD",
];

/** By its image; where none has a known one, by the variables that only the server's image takes. */
function postgresServices({ services }: ResolvedProject): readonly Named[] {
  const all = Object.entries(services);
  const known = all.filter(([, { image }]) => image !== undefined && POSTGRES_IMAGE.test(image));
  return known.length > 0 ? known : all.filter(([, service]) => isSetUpAsServer(service));
}

/** An app that connects has such a password too, but it says where to. */
function isSetUpAsServer({ environment }: ResolvedService): boolean {
  const names = Object.keys(environment);
  const client = names.some((name) => /^(?:DATABASE_URL|(?:POSTGRES|DB|PG)_?HOST)$/.test(name));
  return !client && names.some((name) => SERVER_SETTINGS.includes(name));
}

interface FoundLogin {
  readonly config: Pick<ComposeConfig, "user" | "database" | "password">;
  readonly found: readonly Finding[];
}

function loginOf(service: string, { environment }: ResolvedService): FoundLogin {
  const { POSTGRES_USER = "", POSTGRES_DB = "", POSTGRES_PASSWORD = "" } = environment;
  const user = POSTGRES_USER || "postgres";
  const database = POSTGRES_DB || user;
  const image = "the image's default";
  const password =
    POSTGRES_PASSWORD === ""
      ? { value: "none", from: `service ${service} has no POSTGRES_PASSWORD` }
      : {
          value: "••••",
          from: `POSTGRES_PASSWORD of service ${service}, read anew for each drill`,
        };
  return {
    config: {
      user,
      database,
      ...(POSTGRES_PASSWORD === "" ? {} : { password: POSTGRES_PASSWORD }),
    },
    found: [
      {
        key: "database",
        value: database,
        from: POSTGRES_DB === "" ? image : `POSTGRES_DB of service ${service}`,
      },
      {
        key: "user",
        value: user,
        from: POSTGRES_USER === "" ? image : `POSTGRES_USER of service ${service}`,
      },
      { key: "password", ...password },
    ],
  };
}

function portFinding(service: string, { ports }: ResolvedService): readonly Finding[] {
  const published = ports.find(({ container }) => container === 5432)?.published;
  if (published === undefined) return [];
  return [{ key: "port", value: String(published), from: `published by service ${service}` }];
}

function backupsOf(
  service: string,
  { binds }: ResolvedService,
  directory: string,
): { readonly config: ComposeConfig["backups"]; readonly found: Finding } {
  const bind = binds.find(({ target }) => /(?:^|\/)backups?\/?$/.test(target));
  const host = bind?.source ?? posix.join(directory, "backups");
  const container = bind?.target.replace(/\/$/, "") ?? "/backups";
  const from =
    bind === undefined
      ? `a guess: service ${service} mounts no directory named backups`
      : `a mount of service ${service}`;
  return {
    config: { host, container },
    found: { key: "backups", value: `${host} as ${container}`, from },
  };
}

const MONITORS = { prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;

function monitoringOf(
  project: ResolvedProject,
): { readonly config: MonitoringConfig; readonly found: readonly Finding[] } | undefined {
  const found = monitors(project).flatMap(({ kind, service, published }) =>
    published === undefined
      ? []
      : [{ key: kind, value: `http://localhost:${published}`, from: `published by ${service}` }],
  );
  if (found.length === 0) return undefined;
  const config: MonitoringConfig = Object.fromEntries(found.map(({ key, value }) => [key, value]));
  return { config, found };
}

export interface Monitor {
  readonly kind: keyof typeof MONITORS;
  readonly service: string;
  readonly published: number | undefined;
}

/** By the name of the image, else of the service. */
function monitors({ services }: ResolvedProject): readonly Monitor[] {
  const kinds = ["prometheus", "alertmanager", "grafana"] as const;
  return kinds.flatMap((kind) => {
    const all = Object.entries(services);
    const image = new RegExp(`(?:^|/)${kind}(?:[:@]|$)`);
    const found =
      all.find(([, service]) => image.test(service.image ?? "")) ??
      all.find(([name]) => name === kind);
    if (found === undefined) return [];
    const [service, { ports }] = found;
    const own = ports.find(({ container }) => container === MONITORS[kind]);
    return [{ kind, service, published: own?.published }];
  });
}

function several(names: readonly string[]): Problem {
  return {
    code: "invalid",
    message: `The Compose project has ${names.length} Postgres services: ${names.join(", ")}. Which is the primary is not for this tool to guess.`,
    hint: `Write a restore-drill.yaml with an environment that has \`target: compose\` and \`service: ${names[0]}\` (or the other), its \`database\` and its \`user\`.`,
  };
}
