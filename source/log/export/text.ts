/** An entry for a terminal: plain lines, no colour needed. Pure. */
import { formatDuration } from "../../drill/units.ts";
import type { ApprovalState } from "../approval.ts";
import type { EntryItem, EntryStep, LogEntry } from "../types.ts";
import { type Block, entryDocument } from "./document.ts";
import type { Fact } from "./figures.ts";
import { oneLine, printable } from "./printable.ts";
import { checkMark, statusWords } from "./words.ts";

export function entryText(entry: LogEntry, approval?: ApprovalState): string {
  const document = entryDocument(entry, approval);
  const { mark, word, sentence } = document.verdict;
  const lines = [
    oneLine(document.title),
    oneLine(`${mark} ${word}: ${sentence}`),
    "",
    ...aligned([{ label: "Drill", value: document.id }, ...document.facts]),
    ...titled("Measurements", aligned(document.figures)),
    ...document.evidence.flatMap(({ title, blocks }) => titled(title, blocks.flatMap(block))),
    ...titled("Checklist", document.items.flatMap(item)),
    ...document.closing.flatMap(({ title, blocks }) => titled(title, blocks.flatMap(block))),
  ];
  return `${lines.join("\n")}\n`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return ["", title, ...lines.map((line) => (line === "" ? "" : `  ${line}`))];
}

function block(one: Block): readonly string[] {
  switch (one.kind) {
    case "facts":
      return aligned(one.facts);
    case "text":
      return printable(one.text).split("\n");
    case "list":
      return one.lines.map((line) => `- ${oneLine(line)}`);
    case "table":
      return one.rows.flatMap((row) => tableRow(one.head, row));
    case "code":
      return printable(one.text).split("\n");
  }
}

/** One line where it says enough, as terminals are narrow: `first: label second, label third`. */
function tableRow(head: readonly string[], row: readonly string[]): readonly string[] {
  const [first = "", ...rest] = row.map(oneLine);
  const told = rest.flatMap((cell, index) =>
    cell === "" ? [] : [`    ${(head[index + 1] ?? "").toLowerCase()}: ${cell}`],
  );
  return [`- ${first}`, ...told];
}

function item({ title, status, steps }: EntryItem): readonly string[] {
  const { mark, word } = statusWords(status);
  const said = status === "passed" ? "" : ` (${word})`;
  return [`${mark} ${oneLine(title)}${said}`, ...steps.flatMap(step).map((line) => `    ${line}`)];
}

function step(one: EntryStep): readonly string[] {
  const { mark, word } = statusWords(one.status);
  const time = one.seconds === null ? "" : ` ${formatDuration(one.seconds)}`;
  const said = one.status === "passed" ? "" : ` (${word})`;
  return [
    `${mark} ${oneLine(one.title)}${said}${time}`,
    ...labelled("reason", one.reason),
    ...printable(one.command ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `    $ ${line}`),
    ...(one.checks ?? []).map(check),
    ...labelled("note", one.note),
    ...Object.entries(one.values ?? {}).map(([name, value]) => `    ${name}=${oneLine(value)}`),
    ...(one.attempts ?? []).flatMap(({ attempt, status, message }) =>
      labelled(
        `attempt ${attempt}`,
        [statusWords(status).word, message].filter(Boolean).join(": "),
      ),
    ),
  ];
}

function check({ status, title, expected, observed }: NonNullable<EntryStep["checks"]>[number]) {
  const wanted = expected === undefined ? "" : ` (expected ${oneLine(expected)})`;
  return `    ${checkMark(status)} ${oneLine(title)}: ${oneLine(observed)}${wanted}`;
}

function labelled(label: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : [`    ${label}: ${oneLine(text)}`];
}

function aligned(facts: readonly Fact[]): readonly string[] {
  const width = Math.max(0, ...facts.map(({ label }) => label.length));
  return facts.map(({ label, value, note }) => {
    const more = note === undefined ? "" : ` (${note})`;
    return `${label.padEnd(width)}  ${oneLine(value)}${more}`;
  });
}
