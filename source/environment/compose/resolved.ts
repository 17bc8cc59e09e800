/** What `docker compose config` prints: v1 and v2 write the same things differently. */

import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { fail, ok, type Result } from "../../problem.ts";
import { interpolate } from "../compose-text.ts";
import { type Env, mapTexts } from "../resolve.ts";

/** Holds secrets. */
export interface ResolvedProject {
  /** v2 tells it; v1 does not. */
  readonly name?: string;
  readonly services: Readonly<Record<string, ResolvedService>>;
}

export interface ResolvedService {
  readonly image?: string;
  readonly builds: boolean;
  readonly containerName?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly binds: readonly Bind[];
  readonly ports: readonly ServicePort[];
  /** Ports that other containers reach. */
  readonly exposed: readonly number[];
  readonly dependsOn: readonly string[];
  readonly profiles: readonly string[];
}

/** A directory of the host seen inside the container. */
export interface Bind {
  readonly source: string;
  readonly target: string;
}

export interface ServicePort {
  readonly container: number;
  /** On the host; absent when Docker picks one. */
  readonly published?: number;
}

/** A file with more aliases than this is an attack on the reader. */
const MOST_ALIASES = 1_000;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const named = z.union([z.array(z.string()), z.record(z.string(), z.unknown())]);
const portShape = z.union([
  z.string(),
  z.number(),
  z.looseObject({
    target: z.coerce.number(),
    published: z.union([z.string(), z.number()]).optional(),
    protocol: z.string().optional(),
  }),
]);
const volumeShape = z.union([
  z.string(),
  z.looseObject({ type: z.string(), source: z.string().optional(), target: z.string() }),
]);
/** What is written in a way nobody thought of is left out, and the rest is still read. */
const serviceShape = z.looseObject({
  image: z.string().optional().catch(undefined),
  build: z.unknown().optional(),
  container_name: z.string().optional().catch(undefined),
  environment: z
    .union([z.record(z.string(), scalar), z.array(z.string())])
    .optional()
    .catch(undefined),
  volumes: z.array(volumeShape).optional().catch(undefined),
  ports: z.array(portShape).optional().catch(undefined),
  expose: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .catch(undefined),
  depends_on: named.optional().catch(undefined),
  profiles: z.array(z.string()).optional().catch(undefined),
});
const projectShape = z.looseObject({
  name: z.string().optional(),
  services: z.record(z.string(), serviceShape).default({}),
});
type Service = z.output<typeof serviceShape>;

/** Errors: it is not what Compose prints. Says nothing of its values. */
export function parseResolved(text: string): Result<ResolvedProject> {
  const parsed = projectShape.safeParse(plainYaml(text));
  if (!parsed.success) {
    return fail({
      code: "unusable",
      message: "What Compose says of the project (`config`) cannot be understood.",
      hint: "Update Docker Compose, or force the other one with `compose: v1` or `compose: v2`.",
    });
  }
  const { name, services } = parsed.data;
  const read = Object.entries(services).map(([key, one]) => [key, serviceOf(one)] as const);
  return ok({ ...(name === undefined ? {} : { name }), services: Object.fromEntries(read) });
}

export interface UnresolvedPlace {
  /** Relative paths of the file begin here. */
  readonly directory: string;
  readonly env: Env;
}

/** A Compose file as it is written, for hosts without Compose; undefined when it is none. */
export function parseUnresolved(text: string, place: UnresolvedPlace): ResolvedProject | undefined {
  const written = mapTexts(plainYaml(text), (one) => interpolate(one, place.env));
  const read = parseResolved(JSON.stringify(written ?? null));
  if (!read.ok) return undefined;
  const services = Object.entries(read.value.services).map(([name, service]) => {
    const binds = service.binds.map((bind) => ({
      ...bind,
      source: resolve(place.directory, bind.source),
    }));
    // A variable without a value is the shell's own.
    const environment = Object.fromEntries(
      Object.entries(service.environment).map(
        ([key, value]) => [key, value === "" ? (place.env[key] ?? "") : value] as const,
      ),
    );
    return [name, { ...service, binds, environment }] as const;
  });
  return { ...read.value, services: Object.fromEntries(services) };
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

function serviceOf(written: Service): ResolvedService {
  const { image, container_name: containerName, depends_on: needs = [] } = written;
  return {
    ...(image === undefined ? {} : { image }),
    ...(containerName === undefined ? {} : { containerName }),
    builds: written.build !== undefined,
    environment: environmentOf(written.environment),
    binds: (written.volumes ?? []).flatMap(bindOf),
    ports: (written.ports ?? []).flatMap(portOf),
    exposed: (written.expose ?? []).map((port) => Number.parseInt(String(port), 10)),
    dependsOn: Array.isArray(needs) ? needs : Object.keys(needs),
    profiles: written.profiles ?? [],
  };
}

function environmentOf(written: Service["environment"] = {}): Readonly<Record<string, string>> {
  const pairs: readonly (readonly [string, string])[] = Array.isArray(written)
    ? written.map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
      })
    : Object.entries(written).map(([name, value]) => [name, value === null ? "" : String(value)]);
  // Compose doubles the dollars of what is not to be interpolated again.
  return Object.fromEntries(pairs.map(([name, value]) => [name, value.replaceAll("$$", "$")]));
}

function bindOf(volume: z.output<typeof volumeShape>): readonly Bind[] {
  if (typeof volume !== "string") {
    const { type, source, target } = volume;
    return type === "bind" && source !== undefined ? [{ source, target }] : [];
  }
  // Without a path it is a named volume, which this host cannot look into.
  const match = /^([./~].*?):(\/[^:]*)(?::[^:/]*)?$/.exec(volume);
  const [, source, target] = match ?? [];
  return source === undefined || target === undefined ? [] : [{ source, target }];
}

/** `127.0.0.1:5433:5432/tcp`, `5432`, `[::1]:5433:5432`; ranges are left alone. */
function portOf(port: z.output<typeof portShape>): readonly ServicePort[] {
  if (typeof port === "object") {
    const published = Number(port.published ?? 0);
    const known = Number.isInteger(published) && published > 0 ? { published } : {};
    return port.protocol === "udp" ? [] : [{ container: port.target, ...known }];
  }
  const [written = "", protocol = "tcp"] = String(port).split("/");
  const match = /^(?:(?:.*:)?(\d*):)?(\d+)$/.exec(written);
  if (match === null || protocol !== "tcp") return [];
  const published = Number(match[1] ?? 0);
  return [{ container: Number(match[2]), ...(published > 0 ? { published } : {}) }];
}
