/** What the proof says, what it covered and what it could not. Pure. */
import { formatAmount } from "../../drill/units.ts";
import type { LogEntry } from "../types.ts";
import type { Block } from "./document.ts";

type Proof = NonNullable<LogEntry["proof"]>;

/** Says no more than was compared. */
const EQUAL: Readonly<Record<Proof["level"], string>> = {
  full: "✓ The restored database equals the primary at the backup's snapshot.",
  sampled:
    "✓ A sample of the rows equals the primary's at the backup's snapshot; the rest was not compared.",
  counts:
    "✓ The row counts equal the primary's at the backup's snapshot; what the rows hold was not compared.",
};

const LEVELS: Readonly<Record<Proof["level"], string>> = {
  full: "every row",
  sampled: "a sample of the rows",
  counts: "row counts only",
};

export function proofBlocks(proof: Proof | null): readonly Block[] {
  if (proof === null) {
    return [{ kind: "text", text: "Nothing was compared." }];
  }
  return [
    { kind: "text", text: sentence(proof) },
    {
      kind: "facts",
      facts: [
        { label: "Compared", value: `${LEVELS[proof.level]}: ${extentOf(proof)}` },
        ...(proof.snapshot === undefined ? [] : [{ label: "Snapshot", value: proof.snapshot }]),
        ...named("Covered", proof.covered),
        ...named("Not covered", proof.notCovered),
        ...named("Warnings", proof.warnings ?? []),
      ],
    },
    ...differences(proof),
  ];
}

function sentence({ verdict, level }: Proof): string {
  switch (verdict) {
    case "equal":
      return EQUAL[level];
    case "different":
      return "✗ The restored database differs from the primary.";
    case "not-possible":
      return "– A proof was not possible.";
  }
}

function extentOf({ tables, rows, sequences }: Proof): string {
  return [
    formatAmount(tables, "table"),
    formatAmount(rows, "row"),
    formatAmount(sequences, "sequence"),
  ].join(", ");
}

function named(label: string, things: readonly string[]) {
  return things.length === 0 ? [] : [{ label, value: things.join("; ") }];
}

function differences({ differences: found }: Proof): readonly Block[] {
  if (found.length === 0) {
    return [];
  }
  const rows = found.map(({ object, expected, observed }) => [object, expected, observed]);
  return [{ kind: "table", head: ["Difference", "Expected", "Observed"], rows }];
}
