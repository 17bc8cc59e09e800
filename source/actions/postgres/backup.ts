import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatAmount, formatBytes, formatDuration } from "../../drill/units.ts";
import type { BackupFormat, Target } from "../../environment/target.ts";
import { summarise } from "../../postgres/backup-files.ts";
import {
  backupName,
  claimBackupName,
  DEFAULT_PREFIX,
  type FreeName,
} from "../../postgres/backup-name.ts";

import { display, displayList } from "../../postgres/display.ts";
import { sameServer } from "../../postgres/maintenance.ts";
import { manifestPath } from "../../postgres/manifest-file.ts";
import { SAMPLE_PERCENT } from "../../postgres/proof/fingerprint.ts";
import { totalRows } from "../../postgres/proof/total-rows.ts";
import { numberOf, oneRow, withSession } from "../../postgres/with-session.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult, PlanContext } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped, warning } from "../outcome.ts";
import { directoryProblem, ensureDirectory, spaceCheck, spaceProblem } from "./backup-directory.ts";
import { clientCheck } from "./client-check.ts";
import { FREEZING, type Made, makeBackup, removePartial, requestFor } from "./make-backup.ts";
import { patienceInput } from "./patience.ts";

const inputs = z.strictObject({
  format: z
    .enum(["plain", "custom", "directory"])
    .default("plain")
    .describe("plain (SQL text, as the runbook does), custom, or directory (parallel)."),
  prefix: z
    .string()
    .regex(/^\w[\w.-]*$/u, "letters, digits, dots, dashes and underscores only")
    .default(DEFAULT_PREFIX)
    .describe("What the file's name begins with; the time follows."),
  patience: patienceInput,
  level: z
    .enum(["full", "sampled", "counts"])
    .optional()
    .describe(
      `How deep the later comparison goes: full (every row; the default), sampled (${SAMPLE_PERCENT} % of the rows, all are counted), or counts.`,
    ),
});

export type BackupInput = z.output<typeof inputs>;

export const backupAction = defineAction({
  name: "postgres/backup",
  about:
    "Dumps the primary at one snapshot and writes a manifest of what it held at that snapshot.",
  inputs,
  outputs: {
    BACKUP_FILE: "Absolute path of the backup on this host.",
    TIMESTAMP: "Time in its name, YYYYMMDD_HHMMSS.",
    BACKUP_MANIFEST: "Absolute path of its manifest.",
  },
  plan: (input, context) => planned(input, context.target),
  preflight,
  run: backup,
});

const READING: Readonly<Record<NonNullable<BackupInput["level"]>, string>> = {
  full: "count and hash every row FROM ONLY each table",
  sampled: `count every row and hash ${SAMPLE_PERCENT} % of them FROM ONLY each table`,
  counts: "SELECT count(*) FROM ONLY each table",
};

function planned(
  { format, prefix, level = "full" }: BackupInput,
  target: Target,
): readonly string[] {
  const file = `${target.backupDirectory}/${backupName(prefix, "YYYYMMDD_HHMMSS", format)}`;
  return [
    FREEZING,
    target.describeDump(requestFor(target, format, file)),
    `${READING[level]}  -- on the primary, read-only, at the dump's snapshot`,
    `write ${display(manifestPath(file))}`,
  ];
}

async function preflight(
  { format }: BackupInput,
  { target }: PlanContext,
): Promise<readonly Problem[]> {
  const directory = await directoryProblem(target.backupDirectory);
  const tools = await formatProblem(target, format);
  const bytes = await databaseBytes(target);
  const space = bytes.ok
    ? spaceProblem(await spaceCheck(target, format, bytes.value))
    : bytes.problem;
  return [directory, tools, space].filter((problem) => problem !== undefined);
}

async function formatProblem(target: Target, format: BackupFormat): Promise<Problem | undefined> {
  const formats = await target.formats();
  if (!formats.ok) return formats.problem;
  const available = formats.value[format];
  if (available === true) return undefined;
  return {
    code: "unusable",
    message: `A ${format} backup cannot be made here: ${available}.`,
    hint: "Choose another BACKUP_FORMAT, or install what is missing.",
  };
}

async function databaseBytes(target: Target, signal?: AbortSignal): Promise<Result<number>> {
  return withSession(
    target,
    {
      database: target.summary.database,
      role: "primary",
      purpose: "size",
      ...(signal === undefined ? {} : { signal }),
    },
    async (session) => {
      const same = await sameServer(session, target);
      if (!same.ok) return same;
      const row = await oneRow(
        session,
        "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::text AS bytes",
      );
      return row.ok ? ok(numberOf(row.value, "bytes")) : row;
    },
  );
}

async function backup(input: BackupInput, context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  const prepared = await prepare(input, context);
  if (!prepared.ok) return stopped(prepared.problem);
  const { bytes, checks } = prepared.value;
  const space = spaceProblem(checks.find(({ status }) => status === "failed") ?? checks[0]);
  if (space !== undefined) return stopped(space, checks);

  const claimed = await claimBackupName(target.backupDirectory, input.prefix, {
    format: input.format,
    from: new Date(),
    drill: context.drill.id,
  });
  if (!claimed.ok) return stopped(claimed.problem, checks);
  const name = claimed.value;
  const resource = `backup ${name.file}`;
  await context.register({
    id: resource,
    kind: "file",
    label: `backup ${display(name.file)}`,
    undo: { path: name.file, manifest: manifestPath(name.file), drill: context.drill.id },
  });
  const made = await makeBackup({
    format: input.format,
    context,
    name,
    bytes,
    depth: { level: input.level ?? "full", sample: SAMPLE_PERCENT },
    ...(input.patience === undefined ? {} : { patienceSeconds: input.patience }),
  });
  if (!made.ok) {
    const left = await removePartial(name.file);
    if (left === undefined) await context.release(resource, "removed: the backup was not finished");
    const problem = signal.aborted ? interruptedProblem() : made.problem;
    return stopped(
      left === undefined ? problem : { ...problem, message: `${problem.message} ${left}` },
      checks,
    );
  }
  await context.release(resource, "finished, and stays");
  return report(name, made.value, { bytes, checks });
}

interface Prepared {
  readonly bytes: number;
  readonly checks: readonly [Check, ...Check[]];
}

async function prepare(
  { format }: BackupInput,
  { target, signal, line }: ActionContext,
): Promise<Result<Prepared>> {
  const tools = await formatProblem(target, format);
  if (tools !== undefined) return fail(tools);
  const directory = await ensureDirectory(target.backupDirectory);
  if (!directory.ok) return directory;
  if (directory.value === "made") line("note", `Made ${display(target.backupDirectory)}.`);
  const bytes = await databaseBytes(target, signal);
  if (!bytes.ok) return bytes;
  return ok({ bytes: bytes.value, checks: [await spaceCheck(target, format, bytes.value)] });
}

function report(
  name: FreeName,
  { manifest, taken }: Made,
  { bytes, checks }: Prepared,
): ActionResult {
  const summary = summarise(name.file, manifest.dump.format, manifest.files);
  const rows = totalRows(manifest.tables);
  const { seconds, stderr, tool } = taken.outcome;
  return {
    ok: true,
    checks: [
      ...checks,
      passed(
        "Backup",
        `${display(name.file)}, ${formatBytes(summary.bytes)}, in ${formatDuration(seconds)}`,
      ),
      passed("Digest", `sha256 ${summary.sha256}`),
      passed(
        "Held still at one snapshot",
        `${taken.snapshot}, ${formatAmount(manifest.tables.length, "table")}, ${formatAmount(rows, "row")}`,
      ),
      passed("Manifest", display(manifestPath(name.file))),
      clientCheck(tool),
      ...(taken.appeared.length === 0
        ? []
        : [info("Tables made while the dump ran, not in it", displayList(taken.appeared))]),
      ...(stderr.some((text) => text.trim() !== "")
        ? [warning("The dump's own messages", displayList(stderr.map(display), 3), "none")]
        : []),
    ],
    values: {
      BACKUP_FILE: name.file,
      TIMESTAMP: name.timestamp,
      BACKUP_MANIFEST: manifestPath(name.file),
    },
    measurements: {
      backupSeconds: seconds,
      backupBytes: summary.bytes,
      databaseBytes: bytes,
      rows,
    },
    exit: taken.outcome.exit,
    backup: summary,
  };
}

function interruptedProblem(): Problem {
  return {
    code: "interrupted",
    message: "The backup was interrupted; its unfinished file was removed.",
    hint: "Run the step again.",
  };
}
