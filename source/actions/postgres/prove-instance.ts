import { resolve } from "node:path";
import { z } from "zod";
import type { Check, ProofSummary } from "../../drill/types.ts";
import { formatAmount, formatDuration } from "../../drill/units.ts";
import type { Target } from "../../environment/target.ts";
import { display } from "../../postgres/display.ts";
import { showName } from "../../postgres/identifiers.ts";
import type { Manifest } from "../../postgres/manifest.ts";
import { readManifestAt } from "../../postgres/manifest-file.ts";
import { type Between, between } from "../../postgres/proof/between.ts";
import { compareRestored } from "../../postgres/proof/compare.ts";
import { readCopy } from "../../postgres/proof/read-restored.ts";
import { fail, type Problem, type Result } from "../../problem.ts";
import type { ActionContext, ActionResult } from "../action.ts";
import { defineAction } from "../define-action.ts";
import { info, judged, passed, stopped, warning } from "../outcome.ts";
import { copyInputs, copyOf } from "./copy.ts";
import { comparisonChecks, differencesTold, explained } from "./prove.ts";

const inputs = z.strictObject({
  ...copyInputs,
  before: z.string().min(1).describe("Manifest of the source before the snapshot."),
  after: z.string().min(1).describe("Manifest of the source after it."),
  at: z
    .string()
    .default("")
    .describe("Moment that was restored, ISO 8601; told apart when it lies outside the manifests."),
});

type Input = z.output<typeof inputs>;

export const proveInstanceAction = defineAction({
  name: "postgres/prove-instance",
  about:
    "Compares the primary's database on another server, restored from a provider's snapshot, with manifests of the source taken before and after that snapshot.",
  inputs,
  outputs: {},
  plan: ({ host, port, before, after }, { target }) => [
    `compare database ${showName(target.summary.database)} at ${display(host)}:${port} with ${display(before)} and ${display(after)}`,
    "count and hash the rows of each table  -- on the restored instance, read-only",
  ],
  run: prove,
});

async function prove(input: Input, context: ActionContext): Promise<ActionResult> {
  const { target, signal } = context;
  const { database } = target.summary;
  const manifests = await readBoth(input, target);
  if (!manifests.ok) return stopped(manifests.problem);
  const { before, after, joined } = manifests.value;
  const copy = await copyOf(context, input);
  if (!copy.ok) return stopped(copy.problem);
  const instance = copy.value;
  try {
    await context.command(
      `compare ${showName(database)} at ${instance.summary.server.address} with ${display(input.before)} and ${display(input.after)}`,
    );
    const since = performance.now();
    const restored = await readCopy(instance, joined.manifest, {
      database,
      signal,
      onRows: (done, total) => context.progress("Fingerprinting rows", done, total, "rows"),
    });
    if (!restored.ok) return stopped(restored.problem);
    const compared = compareRestored(joined.manifest, joined.comparable(restored.value));
    const proof = await explained(compared, joined.manifest, { database, context, copy: instance });
    const seconds = (performance.now() - since) / 1000;
    return concluded({
      ...{ proof, joined, seconds, address: instance.summary.server.address },
      moments: momentChecks(input.at, { before, after }),
    });
  } finally {
    await instance.close();
  }
}

interface Both {
  readonly before: Manifest;
  readonly after: Manifest;
}

async function readBoth(
  input: Input,
  target: Target,
): Promise<Result<Both & { readonly joined: Between }>> {
  const before = await readOne(resolve(target.project, input.before));
  if (!before.ok) return before;
  const after = await readOne(resolve(target.project, input.after));
  if (!after.ok) return after;
  const { server, database } = before.value;
  const { summary } = target;
  const same =
    server.systemIdentifier === summary.server.systemIdentifier && database === summary.database;
  if (!same) return fail(ofAnother(input.before));
  const joined = between(before.value, after.value);
  if (!joined.ok) return joined;
  return { ok: true, value: { before: before.value, after: after.value, joined: joined.value } };
}

async function readOne(path: string): Promise<Result<Manifest>> {
  const read = await readManifestAt(path);
  if (!read.ok) return read;
  if (read.value !== undefined) return { ok: true, value: read.value };
  return fail({
    code: "failed",
    message: `There is no manifest ${display(path)}.`,
    hint: "Run the step that takes it.",
  });
}

function ofAnother(path: string): Problem {
  return {
    code: "failed",
    message: `The manifest ${display(path)} was taken of another database or server than this environment's.`,
    hint: "Give the manifests that this drill took.",
  };
}

/** Whether the moment that was restored lies between the readings. */
function momentChecks(at: string, { before, after }: Both): readonly Check[] {
  const [from, to] = [before.takenAt, after.takenAt];
  const told = info("Compared with", `the source as it was both at ${from} and at ${to}`);
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return [told];
  const inside = moment >= Date.parse(from) && moment <= Date.parse(to);
  const title = "Moment that was restored";
  if (inside) return [told, passed(title, `${display(at)}, between the two`)];
  return [
    told,
    warning(title, `${display(at)}: what changed since then shows as a difference`, "between both"),
  ];
}

interface Concluding {
  readonly proof: ProofSummary;
  readonly joined: Between;
  readonly address: string;
  readonly seconds: number;
  readonly moments: readonly Check[];
}

function concluded({ proof, joined, address, seconds, moments }: Concluding): ActionResult {
  const tables = joined.manifest.tables.length;
  const nothing = tables === 0 && joined.changed.length > 0;
  const report = {
    checks: [
      ...moments,
      judged("Tables that can be judged", !nothing, {
        expected: "at least one",
        observed: `${formatAmount(tables, "table")}; ${formatAmount(joined.changed.length, "table")} changed in between`,
      }),
      ...comparisonChecks(proof),
      info("Took", formatDuration(seconds)),
    ],
    measurements: { proofSeconds: seconds, rows: proof.rows },
    proof,
  };
  if (nothing) return { ok: false, problem: nothingLeft(), ...report };
  if (proof.verdict === "equal") return { ok: true, ...report };
  const problem: Problem = {
    code: "failed",
    message: `The database at ${address} differs from its source in ${formatAmount(proof.differences.length, "place")}: ${differencesTold(proof)}.`,
    hint: "Do not rely on this snapshot before the cause is known; keep the instance for analysis.",
  };
  return { ok: false, problem, ...report };
}

function nothingLeft(): Problem {
  return {
    code: "failed",
    message: "Every table changed between the two readings of the source, so nothing is proven.",
    hint: "Stop what writes, or take the readings closer to the snapshot.",
  };
}
