/** Client tools known to be unsafe with an archive one does not trust. */
import type { Check } from "../drill/types.ts";
import { display } from "./display.ts";

/** First minor release of each major without CVE-2026-18408. */
const FIXED: Readonly<Record<number, number>> = { 14: 24, 15: 19, 16: 15, 17: 11, 18: 6 };

/** `pg_dump (PostgreSQL) 15.20 (Debian ...)`; undefined when it cannot be told. */
export function clientVersion(
  tool: string,
): { readonly major: number; readonly minor: number } | undefined {
  const match = /\)\s+(\d+)\.(\d+)/u.exec(tool) ?? /\b(\d+)\.(\d+)\b/u.exec(tool);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function isKnownBad(tool: string): boolean {
  const version = clientVersion(tool);
  if (version === undefined) return false;
  const fixed = FIXED[version.major];
  return fixed === undefined ? version.major < 14 : version.minor < fixed;
}

export function clientCheck(tool: string): Check {
  const observed = display(tool);
  const title = "Version of the client tool";
  if (!isKnownBad(tool)) return { title, status: "info", observed };
  const major = clientVersion(tool)?.major ?? 0;
  const fixed = FIXED[major];
  return {
    title,
    status: "warning",
    expected: fixed === undefined ? "a supported major release" : `${major}.${fixed} or later`,
    observed: `${observed}: open to CVE-2026-18408, update it`,
  };
}
