/** Dumps into a new file, digests it and writes the manifest that makes it a backup. */
import { rm } from "node:fs/promises";
import type { BackupFormat, DumpRequest, Target } from "../../environment/target.ts";
import { claimPath, type FreeName } from "../../postgres/backup-name.ts";
import { display } from "../../postgres/display.ts";
import type { Manifest, ManifestFile } from "../../postgres/manifest.ts";
import { manifestPath, writeManifest } from "../../postgres/manifest-file.ts";
import { type TakenDump, takeDump } from "../../postgres/take-dump.ts";
import { interrupted } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { digestShown } from "../backup/digest.ts";

/** What the snapshot is taken with; the names of the tables would fill pages. */
export const FREEZING =
  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE ONLY each table IN ACCESS SHARE MODE; SELECT pg_export_snapshot()  -- on the primary";

/** Workers of a directory dump. */
const JOBS = 2;

export function requestFor(target: Target, format: BackupFormat, file: string): DumpRequest {
  const jobs = format === "directory" ? { jobs: JOBS } : {};
  return { database: target.summary.database, format, file, ...jobs };
}

export interface Making {
  readonly format: BackupFormat;
  readonly context: ActionContext;
  readonly name: FreeName;
  /** Size of the database. */
  readonly bytes: number;
  /** How long others may wait for the dump's locks. */
  readonly patienceSeconds?: number;
}

export interface Made {
  readonly manifest: Manifest;
  readonly taken: TakenDump;
}

/** Leaves what a failed attempt wrote: the caller removes it. */
export async function makeBackup(making: Making): Promise<Result<Made>> {
  const { format, context, name, bytes, patienceSeconds } = making;
  const { target, signal } = context;
  let command = "";
  await context.command(FREEZING);
  const taken = await takeDump(target, {
    ...(patienceSeconds === undefined ? {} : { patienceSeconds }),
    request: requestFor(target, format, name.file),
    io: {
      signal,
      line: context.line,
      progress: (label, done, total, unit) =>
        context.progress(label, done, total ?? (unit === "bytes" ? bytes : undefined), unit),
    },
    starting(request) {
      command = target.describeDump(request);
      return context.command(command);
    },
  });
  if (!taken.ok) return taken;
  const { outcome } = taken.value;
  if (outcome.exit !== 0) return fail(dumpFailed(outcome.exit, outcome.stderr));
  const files = await digestShown(context, name.file);
  if (!files.ok) return files;
  const manifest = manifestOf({ format, context, bytes, command }, taken.value, files.value);
  if (signal.aborted) return interrupted();
  const written = await writeManifest(name.file, manifest);
  if (!written.ok) return written;
  await rm(claimPath(name.file), { force: true });
  return ok({ manifest, taken: taken.value });
}

function manifestOf(
  { format, context, bytes, command }: Omit<Making, "name"> & { readonly command: string },
  taken: TakenDump,
  files: readonly ManifestFile[],
): Manifest {
  const { database, server } = context.target.summary;
  const { address, version, systemIdentifier } = server;
  return {
    format: 1,
    level: "counts",
    drill: context.drill.id,
    server: { address, version, systemIdentifier },
    database,
    databaseBytes: bytes,
    snapshot: taken.snapshot,
    lsn: taken.lsn,
    takenAt: taken.takenAt,
    dump: {
      format,
      command,
      tool: taken.outcome.tool,
      seconds: taken.outcome.seconds,
    },
    files: [...files],
    tables: [...taken.tables],
    sequences: [...taken.sequences],
    notCovered: [...taken.notCovered],
  };
}

function dumpFailed(exit: number, stderr: readonly string[]): Problem {
  const said = stderr.filter((text) => text.trim() !== "").slice(-3);
  return {
    code: "failed",
    message: `The dump ended with exit code ${exit}${said.length === 0 ? "" : `: ${said.map(display).join(" / ")}`}.`,
    hint: "Read the step's output; the unfinished file was removed.",
  };
}

/** Says what stayed, if anything did. */
export async function removePartial(file: string): Promise<string | undefined> {
  try {
    await rm(file, { recursive: true, force: true });
    await rm(manifestPath(file), { force: true });
    await rm(claimPath(file), { force: true });
    return undefined;
  } catch {
    return `The unfinished file ${display(file)} could not be removed.`;
  }
}
