import { resolve } from "node:path";
import { z } from "zod";
import type { Check, ProofDifference, ProofSummary } from "../../drill/types.ts";
import { formatAmount, formatDuration } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { display, displayList } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Manifest } from "../../postgres/manifest.ts";
import { manifestPath, readManifest } from "../../postgres/manifest-file.ts";
import { type Comparison, compareRestored } from "../../postgres/proof/compare.ts";
import { NEVER_AT_COUNTS } from "../../postgres/proof/coverage.ts";
import { type EarlyRows, earlyRowsOf } from "../../postgres/proof/early-rows.ts";
import { isElsewhere, judgedElsewhere } from "../../postgres/proof/elsewhere.ts";
import { explainDifferences } from "../../postgres/proof/explain-differences.ts";
import { readRestored } from "../../postgres/proof/read-restored.ts";
import { keyOf } from "../../postgres/proof/sequences.ts";
import { lookAtPlace } from "../../postgres/restore-place.ts";
import type { Problem } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { digestShown } from "../backup/digest.ts";
import { digestChecks } from "../backup/inspect.ts";
import { defineAction } from "../define-action.ts";
import { info, passed, stopped, warning } from "../outcome.ts";

const inputs = z.strictObject({
  file: z.string().min(1).describe("Path of the backup on this host; its manifest is beside it."),
  database: z.string().describe("The restore database to compare."),
});

type Input = z.output<typeof inputs>;

/** Differences told one by one in the panel; the proof itself holds all of them. */
const SHOWN_DIFFERENCES = 50;

/** Characters of both values together that go into the message of the failure. */
const LONGEST_BRIEF = 100;

export const proveAction = defineAction({
  name: "postgres/prove",
  about: "Compares the restored database with what the primary held at the dump's own snapshot.",
  inputs,
  outputs: { PROVEN_BACKUP: "Absolute path of the backup that was proven." },
  plan: ({ file, database }) => [
    `compare ${showName(database)} with ${display(manifestPath(file))}: tables, rows, sequences, large objects, definitions`,
    `count and hash the rows of each table, as deep as the manifest goes  -- in ${showName(database)}`,
  ],
  run: prove,
});

async function prove(input: Input, context: ActionContext): Promise<ActionResult> {
  const { database } = input;
  const { target, signal, drill } = context;
  const file = resolve(target.project, input.file);
  const manifest = await readManifest(file);
  if (!manifest.ok) return stopped(manifest.problem);
  if (manifest.value === undefined) return notPossible(file);
  const place = await lookAtPlace(target, { database, drill: drill.id, signal });
  if (!place.ok) return stopped(place.problem);
  await context.command(`compare ${showName(database)} with ${display(manifestPath(file))}`);
  const since = performance.now();
  const early = earlyRowsOf(target, database);
  let readingRows = true;
  const [files, restored] = await Promise.all([
    // One bar can show one of the two; rows take longer.
    digestShown({ signal, progress: (...at) => readingRows || context.progress(...at) }, file),
    readRestored(target, manifest.value, {
      database,
      signal,
      early,
      onRows: (done, total) => context.progress("Fingerprinting rows", done, total, "rows"),
    }).finally(() => {
      readingRows = false;
    }),
  ]);
  if (!files.ok) return stopped(files.problem);
  const digest = digestChecks(manifest.value, manifest.value.dump.format, files.value);
  if (!restored.ok) return stopped(restored.problem, digest);
  const compared = compareRestored(manifest.value, restored.value);
  const elsewhere = isElsewhere(manifest.value, target.summary);
  const judged = elsewhere ? judgedElsewhere(compared.proof) : compared.proof;
  const found = { ...compared, proof: judged };
  const proof = await explained(found, manifest.value, { database, context });
  const seconds = (performance.now() - since) / 1000;
  const report = {
    checks: [...digest, ...earlyChecks(early), ...proofChecks(proof, manifest.value, seconds)],
    measurements: { proofSeconds: seconds, rows: proof.rows },
    proof,
  };
  const changed = digest.some(({ status }) => status === "failed");
  if (proof.verdict === "equal" && !changed) {
    return { ok: true, ...report, values: { PROVEN_BACKUP: file } };
  }
  const problem = proof.verdict === "equal" ? backupChanged(file) : differs(judged, database);
  return { ok: false, problem, ...report };
}

interface Explaining {
  readonly database: string;
  readonly context: ActionContext;
  /** Where the database is, if on another server. */
  readonly copy?: Target;
}

/** With the rows that differ, one by one after their table. */
export async function explained(
  { proof, rows }: Pick<Comparison, "proof" | "rows">,
  manifest: Manifest,
  { database, context, copy }: Explaining,
): Promise<ProofSummary> {
  if (rows.length === 0) return proof;
  const notes: string[] = [];
  const found = await explainDifferences(
    context.target,
    { manifest, rows },
    {
      database,
      ...(copy === undefined ? {} : { copy }),
      signal: context.signal,
      note: (text) => void notes.push(text),
    },
  );
  const after = new Map(rows.map(({ expected, told }) => [told, found.get(keyOf(expected)) ?? []]));
  return {
    ...proof,
    differences: proof.differences.flatMap((one) => [one, ...(after.get(one) ?? [])]),
    ...(notes.length === 0 ? {} : { warnings: [...(proof.warnings ?? []), ...notes] }),
  };
}

function earlyChecks(early: EarlyRows): readonly Check[] {
  if (early.size === 0) return [];
  const tables = formatAmount(early.size, "table");
  return [
    info(
      "Read ahead",
      `rows of ${tables}, while the restore built its last indexes; whatever was written since was read again`,
    ),
  ];
}

function proofChecks(proof: ProofSummary, manifest: Manifest, seconds: number): readonly Check[] {
  return [
    info("Compared with", `the primary at snapshot ${manifest.snapshot}, ${manifest.takenAt}`),
    ...comparisonChecks(proof),
    info("Took", formatDuration(seconds)),
  ];
}

/** What was found, what was equal, and what was not looked at. */
export function comparisonChecks(proof: ProofSummary): readonly Check[] {
  const { differences } = proof;
  const shown = differences.slice(0, SHOWN_DIFFERENCES);
  return [
    ...shown.map(
      ({ object, expected, observed }): Check => ({
        title: object,
        status: "failed",
        expected,
        observed,
      }),
    ),
    ...(differences.length > shown.length
      ? [info("More differences", formatAmount(differences.length - shown.length, "difference"))]
      : []),
    ...(differences.length === 0
      ? proof.covered.map((what) => passed("Equal", what))
      : [info("Looked at", proof.covered.join("; "))]),
    ...(proof.warnings ?? []).map((what) => warning("Worth knowing", what)),
    ...proof.notCovered.map((what) => info("Not compared", what)),
  ];
}

/** The first ones, in one line. */
export function differencesTold({ differences }: ProofSummary): string {
  return displayList(differences.slice(0, 3).map(brief), 3);
}

function differs(proof: ProofSummary, database: string): Problem {
  return {
    code: "failed",
    message: `${showName(database)} differs from the primary in ${formatAmount(proof.differences.length, "place")}: ${differencesTold(proof)}.`,
    hint: "Do not rely on this backup before the cause is known; keep the restore database for analysis.",
  };
}

/** Definitions are told where there is room for them. */
function brief({ object, expected, observed }: ProofDifference): string {
  const values = `${expected} expected, ${observed}`;
  return values.length > LONGEST_BRIEF || values.includes("\n") ? object : `${object}: ${values}`;
}

function backupChanged(file: string): Problem {
  return {
    code: "failed",
    message: `The restored database is equal, but the backup ${display(file)} was changed since it was taken.`,
    hint: "Find out who or what changed it, and take a fresh backup.",
  };
}

function notPossible(file: string): ActionResult {
  const reason = `there is no manifest beside ${display(file)}`;
  return {
    ok: false,
    problem: {
      code: "failed",
      message: `A proof is not possible: ${reason}.`,
      hint: "Drill a backup that this tool made; what was checked instead is in the earlier steps.",
    },
    checks: [
      {
        title: "Proof",
        status: "failed",
        expected: "possible",
        observed: `not possible: ${reason}`,
      },
      info(
        "Checked instead",
        "beginning and end of the file, and the restore's exit code and messages",
      ),
    ],
    proof: {
      level: "counts",
      verdict: "not-possible",
      tables: 0,
      rows: 0,
      sequences: 0,
      covered: [],
      notCovered: ["the list of tables, their rows and sequences: no manifest", ...NEVER_AT_COUNTS],
      differences: [],
    },
  };
}
