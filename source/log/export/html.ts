/** An entry as one HTML file that needs nothing else and prints well. Pure. */
import { formatDuration } from "../../drill/units.ts";
import type { ApprovalState } from "../approval.ts";
import type { EntryItem, EntryStep, LogEntry } from "../types.ts";
import { type Block, type DocumentSection, entryDocument } from "./document.ts";
import type { Fact } from "./figures.ts";
import { STYLE } from "./html-style.ts";
import { printable } from "./printable.ts";
import { checkMark, statusWords } from "./words.ts";

export function entryHtml(entry: LogEntry, approval?: ApprovalState): string {
  const document = entryDocument(entry, approval);
  const { verdict } = document;
  const title = escaped(document.title);
  const word = escaped(verdict.word);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${word}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="kicker">Restore drill record</p>
<h1>${title}</h1>
<p class="drill">${escaped(document.id)}</p>
<div class="verdict ${verdict.tone}"><span class="mark" aria-hidden="true">${verdict.mark}</span><div><strong>${word}</strong><p>${escaped(verdict.sentence)}</p></div></div>
</header>
${tiles(document.figures)}
<section>${facts(document.facts)}</section>
${document.evidence.map(section).join("\n")}
<section>
<h2>Checklist</h2>
${document.items.map(item).join("\n")}
</section>
${document.closing.map(section).join("\n")}
</main>
</body>
</html>
`;
}

function section({ title, blocks }: DocumentSection): string {
  return `<section>\n<h2>${escaped(title)}</h2>\n${blocks.map(block).join("\n")}\n</section>`;
}

function block(one: Block): string {
  switch (one.kind) {
    case "facts":
      return facts(one.facts);
    case "text":
      return `<p class="text">${escaped(one.text)}</p>`;
    case "list":
      return `<ul>${one.lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;
    case "table":
      return table(one.head, one.rows);
    case "code":
      return code(one.text);
  }
}

function tiles(figures: readonly Fact[]): string {
  const tile = ({ label, value, note }: Fact) =>
    `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}${
      note === undefined ? "" : `<small>${escaped(note)}</small>`
    }</dd></div>`;
  return `<dl class="tiles">${figures.map(tile).join("")}</dl>`;
}

function facts(rows: readonly Fact[]): string {
  const row = ({ label, value }: Fact) =>
    `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`;
  return `<dl class="facts">${rows.map(row).join("")}</dl>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: "th" | "td", texts: readonly string[]) =>
    texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  return `<table><thead><tr>${cells("th", head)}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function item(one: EntryItem, index: number, items: readonly EntryItem[]): string {
  const { title, section: within, optional, status, steps } = one;
  const badge = optional ? '<span class="optional">optional</span>' : "";
  const opens = items[index - 1]?.section !== within;
  return `${opens ? `<p class="kicker">${escaped(within)}</p>\n` : ""}<article>
<h3>${pill(status)}<span>${titled(title)}</span>${badge}</h3>
${steps.map(step).join("\n")}
</article>`;
}

function step(one: EntryStep): string {
  const time = one.seconds === null ? "" : formatDuration(one.seconds);
  return `<div class="step">
<p class="line">${pill(one.status)}<span class="name">${titled(one.title)}</span><span class="time">${time}</span></p>
${[
  remark("Reason", one.reason),
  one.command === undefined ? "" : code(one.command),
  checks(one),
  remark("Note", one.note),
  ...Object.entries(one.values ?? {}).map(([name, value]) => remark(name, value)),
  ...(one.attempts ?? []).map(({ attempt, status, message = "" }) =>
    remark(`Attempt ${attempt}`, [statusWords(status).word, message].filter(Boolean).join(": ")),
  ),
  one.outputDigest === undefined ? "" : remark("Output", one.outputDigest),
]
  .filter((part) => part !== "")
  .join("\n")}
</div>`;
}

function checks({ checks: looked }: EntryStep): string {
  if (looked === undefined) {
    return "";
  }
  const rows = looked.map(({ status, title, expected = "", observed }) => [
    `${checkMark(status)} ${title}`,
    expected,
    observed,
  ]);
  return table(["Check", "Expected", "Observed"], rows);
}

function pill(status: EntryStep["status"]): string {
  const { mark, tone, word } = statusWords(status);
  return `<span class="pill ${tone}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}

function remark(label: string, text: string | undefined): string {
  return text === undefined
    ? ""
    : `<p class="remark"><span>${escaped(label)}</span> ${escaped(text)}</p>`;
}

/** Checklists write names of files and commands between backticks. */
function titled(text: string): string {
  return escaped(text).replace(/`([^`\n]+)`/g, "<code>$1</code>");
}

function code(text: string): string {
  return `<pre>${escaped(text)}</pre>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
