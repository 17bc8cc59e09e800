/**
 * What a dump or a restore may write to standard error although all went well. Anything else fails it:
 * exit codes alone have hidden lost rows before.
 */

export interface JudgedLine {
  readonly text: string;
  /** `warning`: known, but the operator should see it. */
  readonly verdict: "harmless" | "warning" | "unknown";
}

interface Known {
  readonly pattern: RegExp;
  readonly verdict: "harmless" | "warning";
}

const KNOWN: readonly Known[] = [
  { pattern: /^\s*$/u, verdict: "harmless" },
  { pattern: /(?:^|: )(?:NOTICE|INFO|DEBUG|LOG): {2}/u, verdict: "harmless" },
  // Progress of `--verbose`.
  {
    pattern:
      /^pg_restore: (?:connecting to|creating|executing|processing|launching|finished|entering|skipping|setting|implied|disabling|enabling|dropping|from TOC)\b/u,
    verdict: "harmless",
  },
  {
    pattern:
      /^pg_dump: (?:reading|identifying|finding|flagging|saving|dumping|creating|finished|last built-in OID|processing|executing|saved)\b/u,
    verdict: "harmless",
  },
  {
    // A data-only restore of these tables needs care; a whole one does not.
    pattern: /^pg_dump: warning: there are circular foreign-key constraints on /u,
    verdict: "warning",
  },
  {
    pattern: /WARNING: {1,2}no privileges (?:were granted|could be revoked) for /u,
    verdict: "warning",
  },
  {
    pattern: /WARNING: {1,2}not all privileges (?:were granted|could be revoked)/u,
    verdict: "warning",
  },
  {
    pattern: /WARNING: {1,2}"?wal_level"? is insufficient to publish logical changes/u,
    verdict: "warning",
  },
  { pattern: /WARNING: {1,2}subscription was created, but is not connected/u, verdict: "warning" },
  { pattern: /WARNING: {1,2}database .* has a collation version mismatch/u, verdict: "warning" },
  { pattern: /WARNING: {1,2}database .* has no actual collation version/u, verdict: "warning" },
  // The host's shell and wrappers, not PostgreSQL.
  {
    pattern: /^perl: warning: |^\s+(?:LANGUAGE|LC_\w+|LANG) = |are supported and installed/u,
    verdict: "harmless",
  },
  { pattern: /^time="[^"]*" level=(?:warning|info) |^WARN\[\d+\] /u, verdict: "harmless" },
];

/** Belongs to the line before it. */
const CONTINUATION =
  /^(?:psql:.*?: |pg_dump: )?(?:detail|hint|DETAIL|HINT|CONTEXT|LINE \d+|STATEMENT|QUERY|LOCATION): ?/u;

export function judgeLines(lines: readonly string[]): readonly JudgedLine[] {
  let before: JudgedLine["verdict"] = "unknown";
  return lines.map((text) => {
    const verdict = CONTINUATION.test(text) ? before : judgeLine(text);
    before = verdict;
    return { text, verdict };
  });
}

function judgeLine(text: string): JudgedLine["verdict"] {
  return KNOWN.find(({ pattern }) => pattern.test(text))?.verdict ?? "unknown";
}
