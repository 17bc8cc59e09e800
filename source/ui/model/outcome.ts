/** What came of a step, in words: the failure and what to do, the reason it was skipped, its facts. */
import { reportOf } from "../../drill/evolve.ts";
import type { LocatedStep } from "../../drill/state.ts";
import type { ProofDifference, ProofSummary, StepRecord } from "../../drill/types.ts";
import { formatAmount, formatBytes } from "../../drill/units.ts";
import { indentRow, labelled, muted, paragraph, type Row, span } from "../text/rows.ts";
import { diffBlock, diffOf } from "./differences.ts";
import { planOf, type World } from "./world.ts";

export function outcomeRows(
  world: World,
  located: LocatedStep,
  record: StepRecord,
  width: number,
): readonly Row[] {
  return [
    ...stateRows(world, located, record, width),
    ...findingRows(world, located, width),
    ...factRows(record, width),
  ];
}

function stateRows(
  world: World,
  { step }: LocatedStep,
  { state }: StepRecord,
  width: number,
): readonly Row[] {
  const absent =
    world.drill === undefined ? planOf(world)?.steps[step.id]?.notApplicable : undefined;
  if (absent !== undefined)
    return paragraph(`Not applicable here: ${absent}`, width, { tone: "warn" });
  switch (state.status) {
    case "failed":
      return [
        ...paragraph(`✗ ${state.failure.message}`, width, { tone: "bad", bold: true }),
        ...(state.failure.hint === undefined
          ? []
          : paragraph(state.failure.hint, width - 2).map(indentRow)),
        ...(state.standing === undefined
          ? []
          : paragraph(`~ Left standing: ${state.standing.reason}`, width, { tone: "warn" })),
      ];
    case "interrupted":
      return paragraph(
        `! Outcome unknown: ${state.reason} Look at what it did before you go on.`,
        width,
        {
          tone: "bad",
          bold: true,
        },
      );
    case "skipped":
      return paragraph(`${SKIPPED[state.by]}: ${state.reason}`, width, {
        tone: state.by === "waiver" ? "warn" : "muted",
      });
    case "stale":
      return paragraph(`Will run again: ${state.because}`, width, { tone: "warn" });
    default:
      return [];
  }
}

const SKIPPED = {
  "not-applicable": "Not applicable here",
  operator: "Skipped",
  waiver: "~ Waived",
  "no-operator": "Skipped, no operator present",
  "not-reached": "Not reached",
} as const;

function findingRows(world: World, { step }: LocatedStep, width: number): readonly Row[] {
  const findings = world.drill?.findings.filter((finding) => finding.step === step.id) ?? [];
  return findings.flatMap(({ text }) => paragraph(`Finding: ${text}`, width, { tone: "warn" }));
}

function factRows(record: StepRecord, width: number): readonly Row[] {
  const { note, exit, values, backup, proof } = reportOf(record);
  const facts: (readonly [string, string])[] = [];
  if (exit !== undefined && exit !== 0) facts.push(["exit", String(exit)]);
  if (backup !== undefined) {
    facts.push(["backup", `${backup.file} (${formatBytes(backup.bytes)})`]);
    facts.push(["sha256", backup.sha256]);
  }
  if (note !== undefined) facts.push(["note", note]);
  for (const [name, value] of Object.entries(values)) facts.push([name, value]);
  const labelWidth = Math.min(18, 2 + Math.max(6, ...facts.map(([label]) => label.length)));
  return [
    ...(proof === undefined ? [] : proofRows(proof, width)),
    ...facts.flatMap(([label, value]) => labelled(label, value, { width, labelWidth })),
  ];
}

const PROVEN = {
  equal: { mark: "✓", tone: "good", words: "Equal to the primary as it was at the backup" },
  different: {
    mark: "✗",
    tone: "bad",
    words: "Different from the primary as it was at the backup",
  },
  "not-possible": { mark: "!", tone: "warn", words: "A comparison was not possible" },
} as const;

/** Equal counts are no equal rows, nor is a sample all of them; they are not called that. */
const LESS = {
  sampled: "A sample of the rows equals the primary's at the backup, the rest was only counted",
  counts: "As many rows as the primary had at the backup, not compared",
} as const;

function provenBy({ verdict, level }: ProofSummary) {
  if (verdict !== "equal" || level === "full") return PROVEN[verdict];
  return { ...PROVEN.equal, words: LESS[level] };
}

function differenceRows(difference: ProofDifference, width: number): readonly Row[] {
  const { object, expected, observed } = difference;
  const diff = diffOf(difference);
  const name = paragraph(`✗ ${object}`, width, { tone: "bad" });
  if (diff !== undefined) return diffBlock(name, diff, width);
  return [
    ...name,
    ...labelled("  expected", expected, { width, labelWidth: 13 }),
    ...labelled("  observed", observed, { width, labelWidth: 13 }),
  ];
}

export function proofRows(proof: ProofSummary, width: number): readonly Row[] {
  const { mark, tone, words } = provenBy(proof);
  const covered = `${formatAmount(proof.tables, "table")}, ${formatAmount(proof.rows, "row")}, ${formatAmount(proof.sequences, "sequence")} (${proof.level})`;
  const list = (label: string, things: readonly string[]) =>
    things.length === 0 ? [] : labelled(label, things.join(", "), { width, labelWidth: 13 });
  return [
    ...paragraph(`${mark} ${words}: ${covered}`, width, { tone, bold: true }),
    ...proof.differences.flatMap((one) => differenceRows(one, width)),
    ...list("covered", proof.covered),
    ...list("not covered", proof.notCovered),
    ...list("warnings", proof.warnings ?? []),
    ...(proof.snapshot === undefined ? [] : [[muted("snapshot     "), span(proof.snapshot)]]),
  ];
}
