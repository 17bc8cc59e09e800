/** The totals of the catalogue as a table. */
import type { Judged } from "./judge.ts";
import { KINDS } from "./types.ts";

export function totalsTable(judged: readonly Judged[]): string {
  const faults = judged.filter(({ kind }) => kind !== "healthy");
  const healthy = judged.filter(({ kind }) => kind === "healthy");
  const rows = [
    ["", "", "this tool", "", "the runbook's way", ""],
    ["fault strikes", "faults", "noticed", "missed", "noticed", "missed"],
    ...KINDS.map((kind) =>
      rowOf(
        kind,
        faults.filter((one) => one.kind === kind),
      ),
    ),
    rowOf("all", faults),
    ["", "drills", "passed", "false alarms", "passed", "false alarms"],
    rowOf("healthy drills", healthy),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => pad(cell, widths[at] ?? 0, at))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function rowOf(title: string, some: readonly Judged[]): readonly string[] {
  const ours = some.filter(({ right }) => right).length;
  const theirs = some.filter(({ runbookRight }) => runbookRight).length;
  const figures = [some.length, ours, some.length - ours, theirs, some.length - theirs];
  return [title, ...figures.map(String)];
}

function pad(cell: string, width: number, at: number): string {
  return at === 0 || Number.isNaN(Number(cell)) ? cell.padEnd(width) : cell.padStart(width);
}

/** What went wrong, one fault or healthy drill a paragraph. */
export function wrongOnes(judged: readonly Judged[]): string {
  return judged
    .filter(({ right }) => !right)
    .map(({ kind, name, expected, nameless, told }) => {
      const what = kind === "healthy" ? "FALSE ALARM" : nameless ? "NOT BY NAME" : "MISSED";
      const said = told.slice(0, 6).map((line) => `    ${line.slice(0, 300)}`);
      return [`${what}  ${kind}  ${name}  (expected ${expected})`, ...said].join("\n");
    })
    .join("\n");
}
