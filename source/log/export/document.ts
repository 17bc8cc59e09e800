/** An entry as a document for people, whatever it is written in. Pure. */
import { formatInstant } from "../../drill/units.ts";
import { type ApprovalState, undecided } from "../approval.ts";
import type { EntryItem, LogEntry } from "../types.ts";
import { approvalBlocks, approvalFacts } from "./approval.ts";
import { type Fact, figures } from "./figures.ts";
import { proofBlocks } from "./proof.ts";
import { standingWords, type VerdictWords } from "./words.ts";

export interface EntryDocument {
  readonly title: string;
  readonly id: string;
  readonly verdict: VerdictWords;
  readonly facts: readonly Fact[];
  readonly figures: readonly Fact[];
  readonly items: readonly EntryItem[];
  /** Before the items. */
  readonly evidence: readonly DocumentSection[];
  /** After the items. */
  readonly closing: readonly DocumentSection[];
}

export interface DocumentSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "code"; readonly text: string };

/** Without an approval's word, an entry that needs one awaits it. */
export function entryDocument(
  entry: LogEntry,
  approval: ApprovalState = undecided(entry),
): EntryDocument {
  const approved = approvalBlocks(approval);
  return {
    title: entry.checklist.title,
    id: entry.id,
    verdict: standingWords(entry.verdict, approval),
    facts: [...approvalFacts(approval), ...headFacts(entry)],
    figures: figures(entry),
    items: entry.items,
    evidence: [
      { title: "Backup", blocks: backupBlocks(entry) },
      { title: "Proof", blocks: proofBlocks(entry.proof) },
    ],
    closing: [
      { title: "Deviations", blocks: deviationBlocks(entry) },
      { title: "Findings", blocks: findingBlocks(entry) },
      { title: "Issues", blocks: [text(entry.issues.trim() || "None were found.")] },
      { title: "Cleanup", blocks: cleanupBlocks(entry) },
      { title: "Sign-off", blocks: signOffBlocks(entry) },
      { title: "Signature", blocks: signatureBlocks(entry) },
      ...(approved.length === 0 ? [] : [{ title: "Approval", blocks: approved }]),
    ],
  };
}

function headFacts(entry: LogEntry): readonly Fact[] {
  const { checklist, environment, tool } = entry;
  const { server } = environment;
  return present([
    ["Checklist", `${checklist.id} (${checklist.digest})`],
    ["Runbook", checklist.runbook],
    ["Kind", entry.kind],
    ["Related", entry.related.length === 0 ? undefined : entry.related.join(", ")],
    ["Environment", environmentName(environment)],
    [
      "Server",
      `${server.address}, PostgreSQL ${server.version}, system ${server.systemIdentifier}`,
    ],
    ["Primary", environment.database],
    ["Restore database", environment.restoreDatabase],
    ["Operator", entry.operator],
    ["Started by", entry.startedBy],
    [approverLabel(entry), entry.approver],
    ["Started", formatInstant(entry.startedAt)],
    ["Finished", formatInstant(entry.finishedAt)],
    ["Ended because", entry.endedBecause],
    ...entry.resumes.map(
      ({ at, operator }) => ["Resumed", `${formatInstant(at)} by ${operator}`] as const,
    ),
    ["Tool", `restore-drill ${tool.version}, Node ${tool.node}, ${tool.platform}`],
  ]);
}

/** A name that the operator wrote is no signature. */
function approverLabel({ approval }: LogEntry): string {
  return approval === undefined ? "Approver" : "Approver, as the operator named them";
}

function environmentName({ name, target }: LogEntry["environment"]): string {
  return name === target ? name : `${name} (${target})`;
}

function backupBlocks({ backup }: LogEntry): readonly Block[] {
  if (backup === null) {
    return [text("No backup was made or used.")];
  }
  return [
    {
      kind: "facts",
      facts: [
        { label: "File", value: backup.file },
        { label: "SHA-256", value: backup.sha256 },
      ],
    },
  ];
}

function deviationBlocks({ deviations }: LogEntry): readonly Block[] {
  if (deviations.length === 0) {
    return [text("None.")];
  }
  const rows = deviations.map(({ step, title, kind, reason }) => [
    `${title} (${step})`,
    kind === "waived" ? "required, waived" : "failed, left standing",
    reason,
  ]);
  return [{ kind: "table", head: ["Step", "What", "Reason"], rows }];
}

function findingBlocks({ findings }: LogEntry): readonly Block[] {
  if (findings.length === 0) {
    return [text("None.")];
  }
  const rows = findings.map(({ at, step, text: found }) => [found, step ?? "", formatInstant(at)]);
  return [{ kind: "table", head: ["Finding", "Step", "When"], rows }];
}

type CleanupAttempts = NonNullable<LogEntry["cleanup"][number]["attempts"]>;

function failedBefore(attempts: CleanupAttempts): readonly string[] {
  return attempts.flatMap(({ status, message }, index) =>
    status === "passed"
      ? []
      : [`attempt ${index + 1} ${status}${message === undefined ? "" : `: ${message}`}`],
  );
}

function cleanupBlocks({ cleanup }: LogEntry): readonly Block[] {
  if (cleanup.length === 0) {
    return [text("Nothing was made that had to be removed.")];
  }
  const words = { released: "removed", kept: "kept on purpose", owed: "not removed" } as const;
  const rows = cleanup.map(({ label, status, reason, attempts = [] }) => [
    label,
    words[status],
    [reason, ...failedBefore(attempts)].filter((one) => one !== undefined).join("; "),
  ]);
  return [{ kind: "table", head: ["What the drill made", "Now", "How or why"], rows }];
}

function signOffBlocks(entry: LogEntry): readonly Block[] {
  const facts = present([
    ["Operator", entry.operator],
    [approverLabel(entry), entry.approver],
    ["Signed", formatInstant(entry.signedAt)],
  ]);
  const statement = entry.statement.trim();
  return [...(statement === "" ? [] : [text(statement)]), { kind: "facts", facts }];
}

function signatureBlocks(entry: LogEntry): readonly Block[] {
  const { signer } = entry;
  return [
    {
      kind: "facts",
      facts: [
        { label: "Signer", value: signer.identity },
        { label: "Key", value: signer.fingerprint },
        { label: "Hash", value: entry.hash },
        { label: "Entry before", value: entry.previous },
      ],
    },
    { kind: "code", text: entry.signature },
    text(
      "To check it without this tool, save the signature above as signature.txt and, beside the log's allowed_signers, run:",
    ),
    { kind: "code", text: verifyCommand(entry) },
    text(
      "The hash is the SHA-256 of the entry's canonical JSON (RFC 8785) without hash and signature. `restore-drill log verify` checks all of the log.",
    ),
  ];
}

export function verifyCommand({ hash, signer }: Pick<LogEntry, "hash" | "signer">): string {
  return `printf %s ${hash} | \\\n  ssh-keygen -Y verify -f allowed_signers -I ${signer.identity} -n restore-drill -s signature.txt`;
}

function present(pairs: readonly (readonly [string, string | undefined])[]): readonly Fact[] {
  return pairs.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

function text(words: string): Block {
  return { kind: "text", text: words };
}
