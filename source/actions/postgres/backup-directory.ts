/** Whether a backup can go where it should: looked at before a drill, and again right before. */
import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Check } from "../../drill/types.ts";
import { formatBytes } from "../../drill/units.ts";
import type { BackupFormat, Target } from "../../environment/target.ts";
import { display } from "../../postgres/display.ts";
import { errorCode, reasonOf } from "../../postgres/file-errors.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import { info, judged } from "../outcome.ts";

/** What is left of a disk that a backup just filled. */
const MARGIN_BYTES = 16 * 1024 * 1024;
/** Compressed archives are smaller than the database; half is a careful guess. */
const SHARE: Readonly<Record<BackupFormat, number>> = { plain: 1, custom: 0.5, directory: 0.5 };

/** Missing is no problem where the directory above it can hold it. */
export async function directoryProblem(directory: string): Promise<Problem | undefined> {
  try {
    if (!(await stat(directory)).isDirectory()) {
      return unusable(`The backup directory ${display(directory)} is not a directory.`);
    }
    await access(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") {
      return unusable(
        `The backup directory ${display(directory)} cannot be written: ${reasonOf(error)}.`,
      );
    }
  }
  const parent = dirname(directory);
  try {
    await access(parent, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return unusable(
      `The backup directory ${display(directory)} does not exist and cannot be made in ${display(parent)}: ${reasonOf(error)}.`,
    );
  }
}

/** Makes it where only its parent is there. */
export async function ensureDirectory(directory: string): Promise<Result<"found" | "made">> {
  const problem = await directoryProblem(directory);
  if (problem !== undefined) return fail(problem);
  try {
    await mkdir(directory);
    return ok("made");
  } catch (error) {
    if (errorCode(error) === "EEXIST") return ok("found");
    return fail(
      unusable(`The backup directory ${display(directory)} cannot be made: ${reasonOf(error)}.`),
    );
  }
}

export async function spaceCheck(
  target: Target,
  format: BackupFormat,
  databaseBytes: number,
): Promise<Check> {
  const title = "Free space for the backup";
  const needed = Math.ceil(databaseBytes * SHARE[format]) + MARGIN_BYTES;
  const free = await target.freeSpace("backups");
  if (!free.ok) return info(title, free.problem.message);
  return judged(title, free.value.bytes >= needed, {
    expected: `at least ${formatBytes(needed)} (the database has ${formatBytes(databaseBytes)})`,
    observed: `${formatBytes(free.value.bytes)} in ${display(free.value.place)}`,
  });
}

export function spaceProblem(check: Check): Problem | undefined {
  if (check.status !== "failed") return undefined;
  return {
    code: "unusable",
    message: `Too little free space for the backup: ${check.observed}; needed is ${check.expected ?? "more"}.`,
    hint: "Free some space, or configure another backup directory.",
  };
}

function unusable(message: string): Problem {
  return {
    code: "unusable",
    message,
    hint: "Correct `backups.host` of the environment, or its permissions.",
  };
}
