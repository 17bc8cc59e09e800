/** Whether the client program that was used has a known hole. */
import type { Check } from "../../drill/types.ts";
import { knownHole } from "../../environment/tools.ts";
import { display } from "../../postgres/display.ts";

/** `banner` as in ToolOutcome: `pg_dump (PostgreSQL) 15.18 (Debian ...)`. */
export function clientCheck(banner: string): Check {
  const title = "Client program";
  // The built-in one restores without psql, so nothing hidden in a backup is run.
  if (banner.includes("WebAssembly")) return { title, status: "info", observed: display(banner) };
  const match = /\)\s+(\d+)\.(\d+)/u.exec(banner) ?? /\b(\d+)\.(\d+)\b/u.exec(banner);
  const hole =
    match === null
      ? undefined
      : knownHole({ program: "", banner, major: Number(match[1]), minor: Number(match[2]) });
  return hole === undefined
    ? { title, status: "info", observed: display(banner) }
    : { title, status: "warning", expected: "no known hole", observed: display(hole) };
}
