/** Fills in `${NAME}` from the process environment and makes paths absolute. */
import { resolve } from "node:path";
import { isSocket } from "../postgres/connection.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { WrittenEnvironment } from "./config-shape.ts";
import type { ComposeConfig, DirectConfig } from "./types.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export interface ResolveRequest {
  readonly name: string;
  readonly written: WrittenEnvironment;
  /** Directory of the configuration file. */
  readonly directory: string;
  /** `file:line:column` of the environment. */
  readonly where: string;
  readonly env: Env;
}

/** Errors: a variable that is not set, a port or an address that is none. */
export function resolveEnvironment(request: ResolveRequest): Result<DirectConfig | ComposeConfig> {
  const missing = new Set<string>();
  const filled = fill(request.written, request.env, missing);
  if (missing.size > 0) return fail(missingVariables(request, [...missing]));
  const problem = wrongMonitoring(request, filled);
  if (problem !== undefined) return fail(problem);
  const { name, directory } = request;
  const project = resolve(directory, filled.project);
  const common = { name, production: filled.production, project };
  const { migrations } = filled;
  const migrated = migrations && {
    migrations: { ...migrations, directory: resolve(project, migrations.directory) },
  };
  const backups = { ...filled.backups, host: resolve(directory, filled.backups.host) };
  if (filled.target === "compose") {
    const files = filled.files.map((file) => resolve(project, file));
    const envFile =
      filled.envFile === undefined ? {} : { envFile: resolve(project, filled.envFile) };
    return ok({ ...filled, ...common, ...migrated, ...envFile, backups, files });
  }
  const port = Number(filled.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return fail(notAPort(request, port));
  const bin = filled.bin === undefined ? {} : { bin: resolve(directory, filled.bin) };
  const host = placeOf(filled.host, directory);
  return ok({ ...filled, ...common, ...migrated, ...bin, backups, host, port });
}

/** A socket directory may be given relative to the file. */
function placeOf(host: string, directory: string): string {
  return isSocket(host) || host.startsWith("./") || host.startsWith("../")
    ? resolve(directory, host)
    : host;
}

const REFERENCE = /\$(\$)?\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Every text in the tree, `$${` being a literal `${`; empty counts as missing. */
function fill<T>(value: T, env: Env, missing: Set<string>): T {
  return mapTexts(value, (text) =>
    text.replace(REFERENCE, (written, escaped: string | undefined, name: string) => {
      if (escaped !== undefined) return written.slice(1);
      const found = env[name];
      if (found === undefined || found === "") missing.add(name);
      return found ?? "";
    }),
  );
}

/** The same tree with every text changed. */
export function mapTexts<T>(value: T, map: (text: string) => string): T;
export function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, map));
  if (typeof value !== "object" || value === null) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, mapTexts(item, map)]));
}

function missingVariables({ name, where }: ResolveRequest, missing: readonly string[]): Problem {
  const listed = missing.join(", ");
  return {
    code: "invalid",
    message: `Environment "${name}" refers to ${listed}, which ${missing.length === 1 ? "is" : "are"} not set.`,
    hint: `Set ${listed} in the shell that starts the drill.`,
    where,
  };
}

function notAPort({ name, where }: ResolveRequest, port: number): Problem {
  return {
    code: "invalid",
    message: `Environment "${name}" has a port that is no number from 1 to 65535: ${port}.`,
    hint: "Check the variable that `port` refers to.",
    where,
  };
}

function wrongMonitoring(request: ResolveRequest, filled: WrittenEnvironment): Problem | undefined {
  const wrong = addressesOf(filled).find(([, url]) => !isWebAddress(url));
  if (wrong === undefined) return undefined;
  return {
    code: "invalid",
    message: `Environment "${request.name}" has no web address for ${wrong[0]}.`,
    hint: "Write it as http://localhost:9090.",
    where: request.where,
  };
}

function addressesOf({
  monitoring = {},
}: WrittenEnvironment): readonly (readonly [string, string])[] {
  const { queries: _queries, ...addresses } = monitoring;
  return Object.entries(addresses);
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
