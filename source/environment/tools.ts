/** PostgreSQL's own client programs: where they are, and whether they fit the server. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { processes } from "../process/run.ts";

export type ToolName = "pg_dump" | "pg_restore" | "psql";

export interface Tool {
  /** What is run: a bare name from PATH, or a path. */
  readonly program: string;
  /** `pg_dump (PostgreSQL) 15.18`, as `--version` prints it. */
  readonly banner: string;
  readonly major: number;
  readonly minor: number;
}

/** A usable tool, or why there is none. */
export type FoundTool = Tool | { readonly missing: string };
export type Toolbox = Readonly<Record<ToolName, FoundTool>>;

export interface ToolSearch {
  /** Directory to look in; only there. Default: PATH, then the usual places of this platform. */
  readonly bin?: string;
  readonly serverMajor: number;
}

export const TOOLS: readonly ToolName[] = ["pg_dump", "pg_restore", "psql"];

export async function findTools(search: ToolSearch): Promise<Toolbox> {
  const places = await placesOf(search);
  const found = await Promise.all(TOOLS.map((name) => findTool(name, places, search)));
  const [pg_dump, pg_restore, psql] = found;
  const none = { missing: "not looked for" };
  return { pg_dump: pg_dump ?? none, pg_restore: pg_restore ?? none, psql: psql ?? none };
}

/** The first that fits; otherwise why the first did not. */
async function findTool(
  name: ToolName,
  places: readonly string[],
  search: ToolSearch,
): Promise<FoundTool> {
  let reason: string | undefined;
  for (const place of places) {
    const tool = await versionOf(place === "" ? name : join(place, name));
    const unfit = tool === undefined ? undefined : unfitFor(search.serverMajor, tool);
    if (tool !== undefined && unfit === undefined) return tool;
    reason ??= unfit;
  }
  const where = search.bin === undefined ? "on PATH" : `in ${search.bin}`;
  return { missing: reason ?? `${name} was not found ${where}` };
}

async function placesOf(search: ToolSearch): Promise<readonly string[]> {
  if (search.bin !== undefined) return [search.bin];
  const versions = await readdir(DEBIAN_ROOT).catch(() => []);
  const majors = versions.map(Number).filter((major) => major >= search.serverMajor);
  // The server's own version first.
  return ["", ...majors.sort((a, b) => a - b).map((major) => join(DEBIAN_ROOT, `${major}`, "bin"))];
}

const DEBIAN_ROOT = "/usr/lib/postgresql";

async function versionOf(program: string): Promise<Tool | undefined> {
  const outcome = await processes.run({ command: [program, "--version"], timeoutSeconds: 20 });
  if (!outcome.ok || outcome.value.exit !== 0) return undefined;
  return toolOf(program, outcome.value.stdout);
}

/** From what `--version` printed. */
export function toolOf(program: string, printed: string): Tool | undefined {
  const banner = printed.split("\n")[0]?.trim() ?? "";
  const match = /\(PostgreSQL\) (\d+)(?:\.(\d+))?/.exec(banner);
  if (match === null) return undefined;
  return { program, banner, major: Number(match[1]), minor: Number(match[2] ?? 0) };
}

/** Why it cannot be used with such a server. */
export function unfitFor(serverMajor: number, tool: Tool): string | undefined {
  if (tool.major < serverMajor) {
    return `${tool.banner} is older than the server (PostgreSQL ${serverMajor}) and would refuse it`;
  }
  // https://www.postgresql.org/docs/17/release-17.html: SET transaction_timeout is in every dump.
  if (tool.major >= 17 && serverMajor < 17) {
    return `${tool.banner} writes settings that a PostgreSQL ${serverMajor} server refuses`;
  }
  return undefined;
}

/** First minor release of each major without CVE-2026-18408 (SQL smuggled into plain dumps). */
const MENDED: Readonly<Record<number, number>> = { 18: 6, 17: 11, 16: 15, 15: 19, 14: 24 };

/** A warning about a client with a known hole, or undefined. */
export function knownHole(tool: Tool): string | undefined {
  const mended = MENDED[tool.major];
  const safe = tool.major > 18 || (mended !== undefined && tool.minor >= mended);
  if (safe) return undefined;
  const update = mended === undefined ? "a supported release" : `${tool.major}.${mended} or later`;
  return `${tool.banner} runs commands hidden in a plain backup (CVE-2026-18408): update to ${update}, or back up in the custom format.`;
}

/** What was found, for the operator, once each. */
export function toolLines(tools: Toolbox): readonly string[] {
  const shown = Object.values(tools).map((tool) =>
    "missing" in tool ? tool.missing : tool.banner,
  );
  const { psql } = tools;
  const hole = "missing" in psql ? undefined : knownHole(psql);
  return hole === undefined ? [...new Set(shown)] : [...new Set(shown), hole];
}
