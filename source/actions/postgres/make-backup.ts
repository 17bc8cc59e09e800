/** Dumps into a new file, digests it and writes the manifest that makes it a backup. */
import { rm } from "node:fs/promises";
import type { BackupFormat, DumpRequest, Target } from "../../environment/target.ts";
import { readArchivedSequences } from "../../postgres/archive/read-sequences.ts";
import { syncBackup } from "../../postgres/backup-files.ts";
import { claimPath, type FreeName } from "../../postgres/backup-name.ts";
import { display } from "../../postgres/display.ts";
import { judgeLines } from "../../postgres/known-warnings.ts";
import type { BackupManifest, ManifestFile, ManifestSequence } from "../../postgres/manifest.ts";
import { manifestPath, writeManifest } from "../../postgres/manifest-file.ts";
import type { Depth } from "../../postgres/proof/fingerprint.ts";
import { moved, withArchived } from "../../postgres/proof/sequences.ts";
import { manifestOfReading } from "../../postgres/state-manifest.ts";
import { type TakenDump, takeDump } from "../../postgres/take-dump.ts";
import { interrupted } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext } from "../action.ts";
import { digestShown } from "../backup/digest.ts";

/** What the snapshot is taken with; the names of the tables would fill pages. */
export const FREEZING =
  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE ONLY each table IN ACCESS SHARE MODE; SELECT pg_export_snapshot()  -- on the primary";

/** Workers of a directory dump. */
export const DUMP_JOBS = 2;

export function requestFor(target: Target, format: BackupFormat, file: string): DumpRequest {
  const jobs = format === "directory" ? { jobs: DUMP_JOBS } : {};
  return { database: target.summary.database, format, file, ...jobs };
}

export interface Making {
  readonly format: BackupFormat;
  readonly context: ActionContext;
  readonly name: FreeName;
  /** Size of the database. */
  readonly bytes: number;
  /** How deep the later comparison can go. */
  readonly depth: Depth;
  /** How long others may wait for the dump's locks. */
  readonly patienceSeconds?: number;
}

export interface Made {
  readonly manifest: BackupManifest;
  readonly taken: TakenDump;
}

/** Leaves what a failed attempt wrote: the caller removes it. */
export async function makeBackup(making: Making): Promise<Result<Made>> {
  const { format, context, name, bytes, depth, patienceSeconds } = making;
  const { target, signal } = context;
  let command = "";
  await context.command(FREEZING);
  const taken = await takeDump(target, {
    ...(patienceSeconds === undefined ? {} : { patienceSeconds }),
    request: requestFor(target, format, name.file),
    depth,
    io: {
      signal,
      line: context.line,
      progress: context.progress,
    },
    starting(request) {
      command = target.describeDump(request);
      return context.command(command);
    },
  });
  if (!taken.ok) return taken;
  const { outcome } = taken.value;
  if (outcome.exit !== 0) return fail(dumpFailed(outcome.exit, outcome.stderr));
  const complaint = dumpComplaint(outcome.stderr);
  if (complaint !== undefined) return fail(complaint);
  const [files, synced] = await Promise.all([
    digestShown(context, name.file),
    syncBackup(name.file),
  ]);
  if (!files.ok) return files;
  if (!synced.ok) return synced;
  const sequences = await exactSequences(making, taken.value.sequences);
  if (!sequences.ok) return sequences;
  const manifest = manifestOf(
    { format, context, bytes, command },
    { ...taken.value, sequences: sequences.value },
    files.value,
  );
  if (signal.aborted) return interrupted();
  const written = await writeManifest(name.file, manifest);
  if (!written.ok) return written;
  await rm(claimPath(name.file), { force: true });
  return ok({ manifest, taken: taken.value });
}

/** Of sequences that moved meanwhile, only the archive knows the value it holds. */
async function exactSequences(
  { name, format, context }: Making,
  sequences: readonly ManifestSequence[],
): Promise<Result<readonly ManifestSequence[]>> {
  if (!sequences.some(moved)) return ok(sequences);
  const archived = await readArchivedSequences(name.file, format, context.signal);
  return archived.ok ? ok(withArchived(sequences, archived.value)) : archived;
}

function manifestOf(
  {
    format,
    context,
    bytes,
    command,
  }: Pick<Making, "format" | "context" | "bytes"> & { readonly command: string },
  taken: TakenDump,
  files: readonly ManifestFile[],
): BackupManifest {
  return {
    ...manifestOfReading(taken, { target: context.target, drill: context.drill.id, bytes }),
    dump: {
      format,
      command,
      tool: taken.outcome.tool,
      seconds: taken.outcome.seconds,
    },
    files: [...files],
  };
}

/** What the dump said that is not known to be harmless fails it, whatever its exit code. */
function dumpComplaint(stderr: readonly string[]): Problem | undefined {
  const unknown = judgeLines(stderr).filter(({ verdict }) => verdict === "unknown");
  if (unknown.length === 0) return undefined;
  const said = unknown.slice(0, 3).map(({ text }) => display(text));
  return {
    code: "failed",
    message: `The dump wrote messages that are not known: ${said.join(" / ")}.`,
    hint: "Find out what they mean before relying on this backup; the unfinished file was removed.",
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
