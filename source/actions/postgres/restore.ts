import { resolve } from "node:path";
import { z } from "zod";
import type { Check } from "../../drill/types.ts";
import { formatDuration } from "../../drill/units.ts";
import type { BackupFormat, RestoreRequest, ToolOutcome } from "../../environment/target.ts";
import { bytesOnDisk, detectFormat } from "../../postgres/backup-files.ts";
import { structureChecks } from "../../postgres/backup-structure.ts";
import { display, displayList } from "../../postgres/display.ts";
import { quoteIdent, showName } from "../../postgres/identifiers.ts";
import { judgeLines } from "../../postgres/known-warnings.ts";
import type { Manifest } from "../../postgres/manifest.ts";
import { readManifest } from "../../postgres/manifest-file.ts";
import { keepEarlyRows } from "../../postgres/proof/early-rows.ts";
import { type EarlyReader, readEarly } from "../../postgres/proof/read-early.ts";
import { lookAtPlace, markRestoreBegan } from "../../postgres/restore-place.ts";
import { fail, ok, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { digestShown } from "../backup/digest.ts";
import { digestChecks } from "../backup/inspect.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, passed, stopped, warning } from "../outcome.ts";
import { clientCheck } from "./client-check.ts";
import { dropForAnew, makeFresh } from "./database-resource.ts";
import { watchSize } from "./restore-watch.ts";

const inputs = z.strictObject({
  file: z.string().min(1).describe("Path of the backup on this host."),
  database: z.string().describe("The restore database, made by this drill and empty."),
});

type Input = z.output<typeof inputs>;

/** Workers for archives; a plain backup has one. */
export const RESTORE_JOBS = 2;

export const restoreAction = defineAction({
  name: "postgres/restore",
  about: "Restores the backup into the restore database, and stops at the first error.",
  besidePrimary: true,
  inputs,
  outputs: {},
  plan: ({ file, database }, { target }) => [
    `compare ${display(file)} with its manifest; check marker and emptiness of ${showName(database)}`,
    target.describeRestore({ database, format: formatByName(file), file }),
  ],
  run: restore,
});

/** For the plan, when the file may not be there yet. */
function formatByName(file: string): BackupFormat {
  if (file.endsWith(".dump")) return "custom";
  return /\d{8}_\d{6}$/u.test(file) ? "directory" : "plain";
}

async function restore(given: Input, context: ActionContext): Promise<ActionResult> {
  const input = { ...given, file: resolve(context.target.project, given.file) };
  const place = await preparePlace(input, context);
  if (!place.ok) return stopped(place.problem);
  const source = await checkSource(input, context);
  if (!source.ok) return stopped(source.problem);
  const bad = source.value.checks.find(({ status }) => status === "failed");
  const checks = [...place.value, ...source.value.checks];
  if (bad !== undefined) return stopped(unfit(input.file, bad), checks);

  const { file, database } = input;
  const { format, manifest } = source.value;
  const jobs = format === "plain" ? {} : { jobs: RESTORE_JOBS };
  const request: RestoreRequest = { database, format, file, ...jobs };
  const outcome = await restoreWatched(request, context, manifest);
  if (!outcome.ok) return stopped(outcome.problem, checks);
  const told = outcomeChecks(outcome.value);
  const measurements = { restoreSeconds: outcome.value.seconds };
  const wrong = outcomeProblem(outcome.value, database);
  if (wrong !== undefined) {
    const { exit } = outcome.value;
    return { ok: false, problem: wrong, checks: [...checks, ...told], measurements, exit };
  }
  return { ok: true, checks: [...checks, ...told], measurements, exit: outcome.value.exit };
}

interface Source {
  readonly format: BackupFormat;
  readonly manifest: Manifest | undefined;
  readonly checks: readonly Check[];
}

/** Right before the restore: nobody may have touched the file since it was inspected. */
async function checkSource({ file }: Input, context: ActionContext): Promise<Result<Source>> {
  const format = await detectFormat(file);
  if (!format.ok) return format;
  const manifest = await readManifest(file);
  if (!manifest.ok) return manifest;
  const files = await digestShown(context, file);
  if (!files.ok) return files;
  const checks = [
    ...(await structureChecks(file, format.value)),
    ...digestChecks(manifest.value, format.value, files.value),
  ];
  return ok({ format: format.value, manifest: manifest.value, checks });
}

/** The remains of an earlier restore of this drill make way; anything else in it is a refusal. */
async function preparePlace(
  { database }: Input,
  context: ActionContext,
): Promise<Result<readonly Check[]>> {
  const request = { database, drill: context.drill.id, signal: context.signal };
  const place = await lookAtPlace(context.target, request);
  if (!place.ok) return place;
  const marker = passed("Marker of this drill", "there");
  if (place.value.objects === 0)
    return ok([marker, passed("Empty before the restore", "yes", "yes")]);
  if (place.value.marker.restoreBegan === undefined) return fail(notEmpty(database));
  const dropped = await dropForAnew(context, database);
  if (!dropped.ok) return dropped;
  const made = await makeFresh(context, database);
  if (!made.ok) return made;
  return ok([
    marker,
    info("Earlier restore", "what it left was dropped, and the database made anew"),
    ...made.value.lost.map((what) => warning("Not carried over", what, "as on the primary")),
  ]);
}

async function restoreWatched(
  request: RestoreRequest,
  context: ActionContext,
  manifest: Manifest | undefined,
): Promise<Result<ToolOutcome>> {
  const { target, signal, drill } = context;
  const { database } = request;
  const began = await markRestoreBegan(target, { database, drill: drill.id, signal });
  if (!began.ok) return began;
  await context.command(target.describeRestore(request));
  const total = manifest?.databaseBytes ?? (await bytesOnDisk(request.file));
  const size = watchSize(context, { database, total });
  const reader = manifest === undefined ? undefined : early(context, request, manifest);
  const outcome = await target.restore(request, {
    signal,
    line: context.line,
    progress(label, done, of, unit) {
      size.yieldTo();
      context.progress(label, done, of, unit);
    },
  });
  await size.stop();
  const rows = await reader?.stop();
  if (outcome.ok && rows !== undefined) keepEarlyRows(target, database, rows);
  return outcome;
}

/** A plain backup has one worker, which is at work until the end. */
function early(
  { target, signal, line }: ActionContext,
  { database, jobs = 1 }: RestoreRequest,
  manifest: Manifest,
): EarlyReader | undefined {
  if (jobs === 1) return undefined;
  const note = (text: string) => line("note", text);
  return readEarly(target, { database, manifest, signal, workers: jobs, note });
}

function outcomeChecks({ exit, stderr, seconds, tool }: ToolOutcome): readonly Check[] {
  const lines = judgeLines(stderr);
  const warnings = lines.filter(({ verdict }) => verdict === "warning");
  const unknown = lines.filter(({ verdict }) => verdict === "unknown");
  return [
    judged("Exit code", exit === 0, { expected: "0", observed: String(exit) }),
    judged("Messages of the restore", unknown.length === 0, {
      expected: "none that are not known to be harmless",
      observed:
        unknown.length === 0
          ? "none"
          : displayList(
              unknown.map(({ text }) => display(text)),
              3,
            ),
    }),
    ...(warnings.length === 0
      ? []
      : [
          warning(
            "Known warnings",
            displayList(
              warnings.map(({ text }) => display(text)),
              3,
            ),
            "none",
          ),
        ]),
    passed("Restored in", formatDuration(seconds)),
    clientCheck(tool),
  ];
}

function outcomeProblem(outcome: ToolOutcome, database: string): Problem | undefined {
  const unknown = judgeLines(outcome.stderr).filter(({ verdict }) => verdict === "unknown");
  const said = unknown.slice(0, 3).map(({ text }) => display(text));
  if (outcome.exit === 0 && said.length === 0) return undefined;
  const how =
    outcome.exit === 0
      ? "wrote messages that are not known"
      : `ended with exit code ${outcome.exit}`;
  return {
    code: "failed",
    message: `The restore into ${showName(database)} ${how}${said.length === 0 ? "" : `: ${said.join(" / ")}`}.`,
    hint: "Read the step's output. A retry drops what this restore left and begins anew.",
  };
}

function notEmpty(database: string): Problem {
  return {
    code: "refused",
    message: `Database ${showName(database)} is not empty, and no restore of this drill began in it.`,
    hint: `Run the step that makes the database again; by hand: DROP DATABASE ${quoteIdent(database)}.`,
  };
}

function unfit(file: string, check: Check): Problem {
  return {
    code: "failed",
    message: `The backup ${display(file)} was not restored: ${check.title.toLowerCase()}: ${check.observed}.`,
    hint: "Take a fresh backup.",
  };
}
