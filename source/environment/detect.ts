/** Reads a Compose file without running anything: is there a Postgres, and how is it set up? */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { ok } from "../problem.ts";
import { interpolate, readDotEnv } from "./compose-text.ts";
import type { OfferedEnvironment } from "./config.ts";
import type { Env } from "./resolve.ts";
import type { ComposeConfig } from "./types.ts";

/** In the order Compose looks for them. */
const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/** A file with more aliases than this is an attack on the reader. */
const MOST_ALIASES = 1_000;

export const DETECTED_NAME = "compose";

/** undefined when there is no Compose file, or no Postgres in it. */
export async function detectCompose(
  directory: string,
  env: Env,
): Promise<OfferedEnvironment | undefined> {
  for (const name of NAMES) {
    const text = await readFile(join(directory, name), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const dotEnv = await readFile(join(directory, ".env"), "utf8").catch(() => "");
    const config = composeFrom(text, {
      directory,
      file: name,
      env: { ...readDotEnv(dotEnv), ...env },
    });
    if (config === undefined) return undefined;
    return { name: config.name, target: "compose", config: ok(config), detected: true };
  }
  return undefined;
}

export interface ComposePlace {
  readonly directory: string;
  readonly file: string;
  readonly env: Env;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const serviceShape = z.looseObject({
  image: z.string().optional(),
  environment: z.union([z.record(z.string(), scalar), z.array(z.string())]).optional(),
  volumes: z
    .array(
      z.union([
        z.string(),
        z.looseObject({ type: z.string(), source: z.string().optional(), target: z.string() }),
      ]),
    )
    .optional(),
});
const composeFileShape = z.looseObject({ services: z.record(z.string(), z.unknown()) });
type Service = z.output<typeof serviceShape>;

export function composeFrom(text: string, place: ComposePlace): ComposeConfig | undefined {
  const services = servicesIn(text);
  const found = services.find(([, service]) => isPostgres(service));
  if (found === undefined) return undefined;
  const [name, service] = found;
  const settings = settingsOf(service, place.env);
  const user = settings.POSTGRES_USER || "postgres";
  const password = settings.POSTGRES_PASSWORD;
  return {
    name: DETECTED_NAME,
    target: "compose",
    production: false,
    project: place.directory,
    files: [resolve(place.directory, place.file)],
    service: name,
    user,
    database: settings.POSTGRES_DB || user,
    ...(password ? { password } : {}),
    backups: backupMount(service, place) ?? {
      host: resolve(place.directory, "backups"),
      container: "/backups",
    },
  };
}

/** One named `postgres` comes first, as there may be several. */
function servicesIn(text: string): readonly (readonly [string, Service])[] {
  const parsed = composeFileShape.safeParse(plainYaml(text));
  if (!parsed.success) return [];
  return Object.entries(parsed.data.services)
    .flatMap(([name, written]) => {
      const service = serviceShape.safeParse(written);
      return service.success ? [[name, service.data] as const] : [];
    })
    .sort(([a], [b]) => Number(b === "postgres") - Number(a === "postgres"));
}

function plainYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { merge: true, logLevel: "silent" });
    if (document.errors.length > 0) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return value;
  } catch {
    return undefined;
  }
}

const POSTGRES_IMAGE =
  /(?:^|\/)(?:postgres|postgresql|postgis|timescaledb(?:-ha)?|pgvector|supabase-postgres)(?:[:@]|$)/;

function isPostgres(service: Service): boolean {
  return service.image !== undefined && POSTGRES_IMAGE.test(service.image);
}

function settingsOf(service: Service, env: Env): Readonly<Record<string, string>> {
  const { environment = {} } = service;
  const pairs: readonly (readonly [string, string | undefined])[] = Array.isArray(environment)
    ? environment.map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line, env[line]] : [line.slice(0, at), line.slice(at + 1)];
      })
    : // A key without a value passes the shell's own variable on.
      Object.entries(environment).map(([name, value]) => [
        name,
        value === null ? env[name] : String(value),
      ]);
  return Object.fromEntries(pairs.map(([name, value]) => [name, interpolate(value ?? "", env)]));
}

function backupMount(service: Service, place: ComposePlace): ComposeConfig["backups"] | undefined {
  for (const volume of service.volumes ?? []) {
    const [source, target] =
      typeof volume === "string"
        ? interpolate(volume, place.env).split(":")
        : [volume.source, volume.target];
    // Without a path it is a named volume, which this host cannot look into.
    const bound = source !== undefined && /^[./~]/.test(source);
    if (bound && target !== undefined && /(^|\/)backups?\/?$/.test(target)) {
      return { host: resolve(place.directory, source), container: target.replace(/\/$/, "") };
    }
  }
  return undefined;
}
