/** Where git is, and what it says of the project. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { fail, ok, type Result } from "../../problem.ts";
import { processes } from "../../process/run.ts";
import { shellCommand } from "../../process/shell-quote.ts";

/** Why nothing can be said of the project's commit, if so. */
export function withoutRepository(project: string): string | undefined {
  if (!hasRepository(project)) return `${project} is not in a git repository.`;
  return hasGit() ? undefined : "git is not installed on this host.";
}

function hasRepository(directory: string): boolean {
  if (existsSync(join(directory, ".git"))) return true;
  const parent = dirname(directory);
  return parent !== directory && hasRepository(parent);
}

function hasGit(): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory || ".", "git"), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const HEAD_COMMAND = ["git", "rev-parse", "--verify", "HEAD"] as const;

/**
 * Untracked files count as well: they can be a half-done change. What the drill itself puts
 * there (backups, its configuration) does not.
 */
export function statusCommand(project: string, backupDirectory: string) {
  const backups = relative(project, backupDirectory);
  const inside = backups !== "" && backups !== ".." && !backups.startsWith(`..${sep}`);
  return [
    "git",
    // A monitor hook of the repository would run code of its own.
    "-c",
    "core.fsmonitor=false",
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=normal",
    "--",
    ":(top)",
    ":(exclude)restore-drill.yaml",
    ...(inside ? [`:(exclude,literal)${backups.split(sep).join("/")}`] : []),
  ] as const;
}

/** Names of changed and new files, as git tells them. */
export function changedFiles(status: string): readonly string[] {
  const fields = status.split("\0").filter((field) => field !== "");
  const files: string[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? "";
    files.push(field.slice(3));
    // A rename or a copy has its old name in the next field.
    if (/^(?:[RC].|.[RC])/u.test(field)) at += 1;
  }
  return files;
}

export async function git(
  command: readonly [string, ...string[]],
  project: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  const ran = await processes.run({
    command,
    cwd: project,
    env: { GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    unset: ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"],
    timeoutSeconds: 60,
    signal,
  });
  if (!ran.ok) return ran;
  const { exit, stdout, stderr } = ran.value;
  if (exit === 0) return ok(stdout);
  return fail({
    code: "failed",
    message: `${shellCommand(command)} failed: ${stderr.trim() || "no word why"}`,
    hint: "Run it by hand in the project directory to see why.",
  });
}
