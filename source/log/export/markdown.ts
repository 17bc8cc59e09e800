/** An entry as Markdown (GFM). Pure; whatever the entry's texts hold, they stay texts. */
import { formatDuration } from "../../drill/units.ts";
import type { ApprovalState } from "../approval.ts";
import type { EntryAttempt, EntryItem, EntryStep, LogEntry } from "../types.ts";
import { type Block, type DocumentSection, entryDocument } from "./document.ts";
import type { Fact } from "./figures.ts";
import { oneLine, printable } from "./printable.ts";
import { checkMark, statusWords } from "./words.ts";

export function entryMarkdown(entry: LogEntry, approval?: ApprovalState): string {
  const document = entryDocument(entry, approval);
  const { verdict } = document;
  const parts = [
    `# ${inline(document.title)}: ${verdict.mark} ${inline(verdict.word)}`,
    `${inline(verdict.sentence)} Drill ${inline(document.id)}.`,
    factTable(document.facts),
    "## Measurements",
    factTable(document.figures),
    ...document.evidence.flatMap(section),
    "## Checklist",
    ...document.items.flatMap(item),
    ...document.closing.flatMap(section),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section({ title, blocks }: DocumentSection): readonly string[] {
  return [`## ${title}`, ...blocks.map(block)];
}

function block(one: Block): string {
  switch (one.kind) {
    case "facts":
      return factTable(one.facts);
    case "text":
      return paragraphs(one.text);
    case "list":
      return one.lines.map((line) => `- ${opening(line)}`).join("\n");
    case "table":
      return table(one.head, one.rows);
    case "code":
      return fenced(one.text);
  }
}

function item({ title, optional, status, steps }: EntryItem): readonly string[] {
  const { mark, word } = statusWords(status);
  const note = optional ? "optional, " : "";
  return [`### ${mark} ${inline(title)} (${note}${word})`, ...steps.flatMap(step)];
}

function step(one: EntryStep): readonly string[] {
  const { mark, word } = statusWords(one.status);
  const time = one.seconds === null ? "" : `, ${formatDuration(one.seconds)}`;
  return [
    `**${mark} ${inline(one.title)}** (${inline(one.id)}): ${word}${time}`,
    ...(one.reason === undefined ? [] : [`Reason: ${inline(one.reason)}`]),
    ...(one.command === undefined ? [] : [fenced(one.command)]),
    ...(one.exit === undefined ? [] : [`Exit code ${one.exit}.`]),
    ...checks(one),
    ...(one.note === undefined ? [] : [`Note: ${inline(one.note)}`]),
    ...values(one),
    ...(one.outputDigest === undefined ? [] : [`Output: ${inline(one.outputDigest)}`]),
    ...(one.attempts ?? []).map(attempt),
  ];
}

function checks({ checks: looked }: EntryStep): readonly string[] {
  if (looked === undefined) {
    return [];
  }
  const rows = looked.map(({ status, title, expected, observed }) => [
    `${checkMark(status)} ${title}`,
    expected ?? "",
    observed,
  ]);
  return [table(["Check", "Expected", "Observed"], rows)];
}

function values({ values: given }: EntryStep): readonly string[] {
  const facts = Object.entries(given ?? {}).map(([label, value]) => ({ label, value }));
  return facts.length === 0 ? [] : [factTable(facts)];
}

function attempt({ attempt: number, status, startedAt, seconds, message }: EntryAttempt): string {
  const time = seconds === null ? "" : `, ${formatDuration(seconds)}`;
  const why = message === undefined ? "" : `: ${inline(message)}`;
  return `- Attempt ${number}, ${inline(startedAt)}${time}: ${statusWords(status).word}${why}`;
}

function factTable(facts: readonly Fact[]): string {
  return table(
    ["", ""],
    facts.map(({ label, value, note }) => [
      label,
      note === undefined ? value : `${value} (${note})`,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function paragraphs(text: string): string {
  return printable(text).split(/\n/).map(opening).join("  \n");
}

/** A fence longer than any in the text cannot be closed by it. */
function fenced(text: string): string {
  const clean = printable(text);
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${clean}\n${fence}`;
}

/** Escapes what means something to Markdown or HTML; names with underscores stay legible. */
function inline(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]<|~$]/g, "\\$&")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/&(?=#?\w+;)/g, "\\&");
}

/** The same where a line begins, and a mark would make a list, a heading or a quotation of it. */
function opening(text: string): string {
  return inline(text)
    .replace(/^[-+=#>]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}
