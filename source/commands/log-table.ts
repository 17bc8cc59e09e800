/** The log as a table: one line an entry, columns as wide as they need to be. */
import { formatInstant } from "../drill/units.ts";
import { oneLine } from "../log/export/printable.ts";
import { approvalWords, standingWords, verdictWords } from "../log/export/words.ts";
import type { GoodLine } from "../log/read.ts";

const HEAD = ["DATE", "ENTRY", "CHECKLIST", "ENVIRONMENT", "VERDICT", "OPERATOR"] as const;
/** A hostile name must not push the rest off the screen. */
const WIDEST = 48;
/** The verdict ends in the name of who approves: both have to be read. */
const WIDEST_VERDICT = 80;

export function entriesTable(entries: readonly GoodLine[]): readonly string[] {
  const rows = entries.map(rowOf);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => [...(row[column] ?? "")].length)),
  );
  return [HEAD, ...rows].map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function rowOf({ entry, approval }: GoodLine): readonly string[] {
  const { mark } = standingWords(entry.verdict, approval);
  const words = [verdictWords(entry.verdict).word.toLowerCase(), approvalWords(approval)];
  return [
    formatInstant(entry.startedAt).slice(0, 16),
    entry.id,
    entry.checklist.id,
    entry.environment.name,
    `${mark} ${words.filter((one) => one !== undefined).join(", ")}`,
    entry.operator,
  ].map((cell, column) => shortened(cell, HEAD[column] === "VERDICT" ? WIDEST_VERDICT : WIDEST));
}

function shortened(text: string, widest: number): string {
  const characters = [...oneLine(text)];
  return characters.length <= widest
    ? characters.join("")
    : `${characters.slice(0, widest - 1).join("")}…`;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}
