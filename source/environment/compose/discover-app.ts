/** Which service of a Compose project is the app that uses the server. Pure. */
import type { AppConfig } from "../types.ts";
import type { Finding } from "./discover.ts";
import type { ResolvedProject, ResolvedService } from "./resolved.ts";

export interface FoundApp {
  readonly config: AppConfig;
  readonly found: Finding;
}

/** undefined unless exactly one service fits, by the strongest sign that any of them gives. */
export function appOf({ services }: ResolvedProject, server: string): FoundApp | undefined {
  const others = Object.entries(services).filter(
    ([name, service]) => name !== server && portOf(service) !== undefined && !isTool(service),
  );
  for (const { why, fits } of SIGNS) {
    const fitting = others.filter(([, service]) => fits(service, server));
    const [only] = fitting;
    if (only === undefined) continue;
    if (fitting.length > 1) return undefined;
    const [name, service] = only;
    const port = portOf(service) ?? 3000;
    return {
      config: { service: name, port, health: "/health", ready: "/ready" },
      found: { key: "app", value: `${name}, port ${port}`, from: `${why} ${server}` },
    };
  }
  return undefined;
}

interface Sign {
  readonly why: string;
  fits(service: ResolvedService, server: string): boolean;
}

const SIGNS: readonly Sign[] = [
  {
    why: "its DATABASE_URL names service",
    fits: ({ environment }, server) => hostOf(environment.DATABASE_URL) === server,
  },
  {
    why: "its environment names service",
    fits: ({ environment }, server) =>
      Object.values(environment).some((value) => value === server || hostOf(value) === server),
  },
  {
    why: "it is built here and depends on service",
    fits: ({ builds, dependsOn }, server) => builds && dependsOn.includes(server),
  },
];

/** They connect as well, and no game is played on them. */
const TOOLS =
  /(?:^|\/)(?:adminer|pgadmin\d*|[\w-]*exporter|pgbouncer|grafana|[\w-]*backup[\w-]*)(?:[:@]|$)/;

function isTool({ image }: ResolvedService): boolean {
  return image !== undefined && TOOLS.test(image);
}

/** Where it listens: what it is told, if that is a port of its own, else the first. */
function portOf({ environment, ports, exposed }: ResolvedService): number | undefined {
  const known = [...ports.map(({ container }) => container), ...exposed];
  const told = Number(environment.PORT);
  return known.includes(told) ? told : known[0];
}

function hostOf(url: string | undefined): string | undefined {
  return url?.includes("://") && URL.canParse(url) ? new URL(url).hostname : undefined;
}
