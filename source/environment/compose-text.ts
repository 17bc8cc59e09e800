/** The small languages inside Compose projects: `${NAME:-default}` and `.env`. */
import type { Env } from "./resolve.ts";

const INTERPOLATION = /\$(?:(\$)|\{([A-Za-z_]\w*)(?:(:?[-+?])([^{}]*))?\}|([A-Za-z_]\w*))/g;

/** As Compose does it; https://docs.docker.com/reference/compose-file/interpolation/ */
export function interpolate(text: string, env: Env): string {
  return text.replace(INTERPOLATION, (_all, dollar, braced, operator, word, bare) => {
    if (dollar !== undefined) return "$";
    const value = env[String(braced ?? bare)];
    return substitute(value, String(operator ?? ""), String(word ?? ""));
  });
}

function substitute(value: string | undefined, operator: string, word: string): string {
  const set = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  if (operator.endsWith("-")) return set ? (value ?? "") : word;
  if (operator.endsWith("+")) return set ? word : "";
  return value ?? "";
}

/** `NAME=value` lines; quotes around a value go, comments too. */
export function readDotEnv(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line);
    const [, name, written] = match ?? [];
    return name === undefined || written === undefined ? [] : [[name, unquote(written)] as const];
  });
  return Object.fromEntries(pairs);
}

function unquote(written: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(written);
  return quoted?.[2] ?? written.replace(/\s+#.*$/, "").trim();
}
