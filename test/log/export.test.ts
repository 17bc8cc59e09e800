import { expect, test } from "vitest";
import { verdictOf } from "../../source/drill/verdict.ts";
import { buildEntry } from "../../source/log/entry.ts";
import { entryHtml } from "../../source/log/export/html.ts";
import { entryJson } from "../../source/log/export/json.ts";
import { entryMarkdown } from "../../source/log/export/markdown.ts";
import { oneLine, printable } from "../../source/log/export/printable.ts";
import { entryText } from "../../source/log/export/text.ts";
import type { LogEntry } from "../../source/log/types.ts";
import { at, SIGN_OFF, sampleState, TOOL } from "./sample.ts";

function entryOf(text = "plain words", changes: Partial<LogEntry> = {}): LogEntry {
  const state = sampleState("drill-one", { text });
  const unsigned = buildEntry(
    state,
    { ...SIGN_OFF, issues: text, statement: text },
    {
      previous: "0".repeat(64),
      finishedAt: at(90),
      signedAt: at(100),
      tool: TOOL,
      verdict: verdictOf(state),
      signer: { identity: "robin@host", publicKey: "ssh-ed25519 AAAA", fingerprint: "SHA256:abc" },
    },
  );
  const signature = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----";
  return { ...unsigned, hash: "a".repeat(64), signature, ...changes };
}

const FORMATS = [
  ["Markdown", entryMarkdown],
  ["HTML", entryHtml],
  ["text", entryText],
] as const;

test.each(FORMATS)("%s holds what an auditor asks for, in units people read", (_, render) => {
  const text = render(entryOf());
  for (const told of [
    "Passed with deviations",
    "127.0.0.1:5432, PostgreSQL 15.18, system 7000000000000000001",
    "2026-11-22 14:30:00 UTC",
    "Robin",
    "Kim",
    "Backup/restore only",
    "36.5 s",
    "98.0 MB",
    "10.6 MB/s",
    "240,000",
    "b".repeat(64),
    "The restored database differs from the primary.",
    "39,999 rows",
    "roles: they live on the same server",
    "The file ends with its trailer",
    "-- dump complete",
    "sha256sum b.sql",
    "required, waived",
    "kept on purpose",
    "SHA256:abc",
    "a".repeat(64),
    "-----BEGIN SSH SIGNATURE-----",
    "ssh-keygen -Y verify -f allowed_signers -I robin@host -n restore-drill -s signature.txt",
  ]) {
    expect(text).toContain(told);
  }
});

test.each(FORMATS)("%s tells the verdict in words", (_, render) => {
  for (const [verdict, word] of [
    ["passed", "✓"],
    ["failed", "✗"],
    ["incomplete", "…"],
    ["aborted", "■"],
  ] as const) {
    const text = render(entryOf("x", { verdict }));
    expect(text.toLowerCase()).toContain(verdict);
    expect(text).toContain(word);
  }
});

test.each(FORMATS)("%s lets no control character or direction mark through", (_, render) => {
  const text = render(entryOf("a\u001b[31mb\u0007c\u009bd\u202ee\u200bf\r\u0000g"));
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
  expect(text).toContain("u{1b}");
});

test("HTML keeps hostile text as text", () => {
  const hostile = `</title></style><script>alert(1)</script><img src=x onerror="alert(1)"> '&amp; --> ]]>`;
  const html = entryHtml(entryOf(hostile));
  expect(html).not.toMatch(/<script|<img|onerror="/);
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(html).toContain("&amp;amp;");
});

test("HTML needs nothing from anywhere", () => {
  const html = entryHtml(entryOf());
  expect(html).not.toMatch(/\s(?:src|href|action|background)\s*=|@import|url\(|<link|<script/);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain("@media print");
});

test("HTML sets names in backticks as code, and nothing else of a title", () => {
  const html = entryHtml(entryOf("see `<b>` and `x"));
  expect(html).toContain("<code>&lt;b&gt;</code> and `x");
});

test("every HTML element that is opened is closed", () => {
  const html = entryHtml(entryOf("<div>"));
  const tags = html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g);
  const open: string[] = [];
  for (const [, slash, name = ""] of tags) {
    if (name === "meta") continue;
    if (slash === "") open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test("Markdown keeps hostile text as text", () => {
  const hostile = "a|b\n# head\n- list\n1. one\n> quote\n```\n<b>*x* [l](u) `c` &lt; \\ _it_ ~~s~~";
  const markdown = entryMarkdown(entryOf(hostile));
  const outside = markdown.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "");
  expect(outside).not.toMatch(/^(?:# head|- list|1\. one|> quote|```)/m);
  expect(outside).not.toMatch(/(?<!\\)[<*](?:b>|x)/);
  expect(outside).not.toMatch(/(?<!\\)\[l/);
  expect(outside).not.toMatch(/(?<!\\)&lt;/);
  expect(outside).toContain("a\\|b");
  const tables = outside.split("\n").filter((line) => line.startsWith("|"));
  for (const row of tables) {
    expect(row.replace(/\\./g, "").match(/\|/g)?.length, row).toBeOneOf([3, 4]);
  }
});

test("a Markdown fence is not closed by what is in it", () => {
  const markdown = entryMarkdown(entryOf("`````\nout"));
  expect(markdown).toContain("``````\npg_dump '`````\nout'\nsha256sum b.sql\n``````");
});

test("names with underscores stay legible in Markdown", () => {
  expect(entryMarkdown(entryOf())).toContain("| Restore database | ringrift_restore_drill |");
});

test.each([
  ["full", "The restored database equals the primary"],
  ["sampled", "A sample of the rows equals"],
  ["counts", "what the rows hold was not compared"],
] as const)("an equal proof of level %s claims no more than it compared", (level, claim) => {
  const { proof } = entryOf();
  if (proof === null) throw new Error("the sample has a proof");
  for (const [, render] of FORMATS) {
    const text = render(entryOf("x", { proof: { ...proof, level, verdict: "equal" } }));
    expect(text.replaceAll("&#39;", "'")).toContain(claim);
    if (level !== "full") expect(text).not.toContain("The restored database equals");
  }
});

test("JSON is the entry and nothing else, also what a newer version added", () => {
  const raw = { ...JSON.parse(JSON.stringify(entryOf())), addedLater: 1 };
  expect(JSON.parse(entryJson(raw, { status: "not-required" }))).toEqual(raw);
});

test("an entry with nothing in it says so", () => {
  const empty = entryOf("x", {
    items: [],
    backup: null,
    proof: null,
    findings: [],
    deviations: [],
    cleanup: [],
    issues: "  ",
    statement: "",
    measurements: {
      backupSeconds: null,
      backupBytes: null,
      restoreSeconds: null,
      proofSeconds: null,
      databaseBytes: null,
      rows: null,
    },
  });
  for (const [, render] of FORMATS) {
    const text = render(empty);
    expect(text).toContain("No backup was made or used.");
    expect(text).toContain("Nothing was compared.");
    expect(text).toContain("None were found.");
    expect(text).not.toMatch(/null|undefined|NaN/);
  }
});

test("printable spells out what would move a cursor", () => {
  expect(printable("a\u001b[2Jb\r\nc\td\u202e")).toBe("a\\u{1b}[2Jb\nc\td\\u{202e}");
  expect(oneLine(" a\n\n b\tc ")).toBe("a ⏎ b c");
});
