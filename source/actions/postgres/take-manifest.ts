import { join } from "node:path";
import { z } from "zod";
import { formatAmount, formatDuration } from "../../drill/units.ts";
import { display } from "../../postgres/display.ts";
import { manifestPath, writeManifest } from "../../postgres/manifest-file.ts";
import { SAMPLE_PERCENT } from "../../postgres/proof/fingerprint.ts";
import { totalRows } from "../../postgres/proof/total-rows.ts";
import { readFrozen } from "../../postgres/read-frozen.ts";
import { manifestOfReading } from "../../postgres/state-manifest.ts";
import { numberOf, oneRow, withSession } from "../../postgres/with-session.ts";
import { ok, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { passed, stopped } from "../outcome.ts";
import { ensureDirectory } from "./backup-directory.ts";
import { FREEZING } from "./make-backup.ts";
import { patienceInput } from "./patience.ts";

const inputs = z.strictObject({
  moment: z
    .enum(["before", "after"])
    .describe("before or after the provider's snapshot; decides which variable is set."),
  level: z
    .enum(["full", "sampled", "counts"])
    .default("full")
    .describe("How deep: full (every row), sampled, or counts; the same for both moments."),
  patience: patienceInput,
});

type Input = z.output<typeof inputs>;

export const takeManifestAction = defineAction({
  name: "postgres/take-manifest",
  about:
    "Reads what the primary holds at one snapshot, without a dump, and writes it to a manifest that a copy of the server can be compared with.",
  inputs,
  outputs: {
    MANIFEST_BEFORE: "Absolute path of the manifest of `before`.",
    MANIFEST_AFTER: "Absolute path of the manifest of `after`.",
    MANIFEST_TIME: "When the newest of them was taken, by the server's clock.",
  },
  plan: ({ moment }, { target }) => [
    FREEZING,
    "count and hash rows FROM ONLY each table  -- on the primary, read-only, at that snapshot",
    `write ${display(fileOf(target.backupDirectory, "DRILL_ID", moment))}`,
  ],
  run: take,
});

function fileOf(directory: string, drill: string, moment: Input["moment"]): string {
  return manifestPath(join(directory, `${drill}_source_${moment}`));
}

async function take(input: Input, context: ActionContext): Promise<ActionResult> {
  const { target, drill } = context;
  const directory = await ensureDirectory(target.backupDirectory);
  if (!directory.ok) return stopped(directory.problem);
  const bytes = await sizeOf(context);
  if (!bytes.ok) return stopped(bytes.problem);
  await context.command(FREEZING);
  const since = performance.now();
  const read = await readFrozen(target, {
    dumps: false,
    io: { signal: context.signal, line: context.line, progress: context.progress },
    depth: { level: input.level, sample: SAMPLE_PERCENT },
    ...(input.patience === undefined ? {} : { patienceSeconds: input.patience }),
    beside: async () => ok(null),
    onRows: (done, total) => context.progress("Fingerprinting rows", done, total, "rows"),
    onRowsRead: () => {},
  });
  if (!read.ok) return stopped(read.problem);
  const manifest = manifestOfReading(read.value, { target, drill: drill.id, bytes: bytes.value });
  const base = join(target.backupDirectory, `${drill.id}_source_${input.moment}`);
  const written = await writeManifest(base, manifest);
  if (!written.ok) return stopped(written.problem);
  const rows = totalRows(manifest.tables);
  const seconds = (performance.now() - since) / 1000;
  return {
    ok: true,
    checks: [
      passed(
        "Read at one snapshot",
        `${manifest.snapshot} at ${manifest.takenAt}: ${formatAmount(manifest.tables.length, "table")}, ${formatAmount(rows, "row")}, in ${formatDuration(seconds)}`,
      ),
      passed("Manifest", display(written.value)),
    ],
    values: {
      [input.moment === "before" ? "MANIFEST_BEFORE" : "MANIFEST_AFTER"]: written.value,
      MANIFEST_TIME: manifest.takenAt,
    },
    measurements: { databaseBytes: bytes.value, rows },
  };
}

function sizeOf({ target, signal }: ActionContext): Promise<Result<number>> {
  const { database } = target.summary;
  return withSession(
    target,
    { database, role: "primary", purpose: "size", signal },
    async (session) => {
      const row = await oneRow(
        session,
        "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::text AS bytes",
      );
      return row.ok ? ok(numberOf(row.value, "bytes")) : row;
    },
  );
}
