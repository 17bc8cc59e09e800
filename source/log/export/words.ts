/** Verdicts and statuses in words and marks that need no colour. Pure. */
import type { EntryStatus, LogEntry } from "../types.ts";

export type Tone = "good" | "warning" | "bad" | "quiet";

export interface VerdictWords {
  readonly word: string;
  readonly mark: string;
  readonly tone: Tone;
  readonly sentence: string;
}

const VERDICTS: Readonly<Record<LogEntry["verdict"], VerdictWords>> = {
  passed: {
    word: "Passed",
    mark: "✓",
    tone: "good",
    sentence: "Every required step passed.",
  },
  "passed-with-deviations": {
    word: "Passed with deviations",
    mark: "≈",
    tone: "warning",
    sentence: "Every required step passed or was waived with a reason; see the deviations.",
  },
  failed: {
    word: "Failed",
    mark: "✗",
    tone: "bad",
    sentence: "A required step failed.",
  },
  incomplete: {
    word: "Incomplete",
    mark: "…",
    tone: "bad",
    sentence: "A required step was not reached, or its outcome is unknown.",
  },
  aborted: {
    word: "Aborted",
    mark: "■",
    tone: "bad",
    sentence: "The operator ended the drill before it was done.",
  },
};

const STATUSES: Readonly<Record<EntryStatus, Omit<VerdictWords, "sentence">>> = {
  passed: { word: "passed", mark: "✓", tone: "good" },
  failed: { word: "failed", mark: "✗", tone: "bad" },
  interrupted: { word: "outcome unknown", mark: "?", tone: "bad" },
  skipped: { word: "skipped", mark: "–", tone: "quiet" },
  "not-applicable": { word: "not applicable", mark: "–", tone: "quiet" },
  deviation: { word: "deviation", mark: "≈", tone: "warning" },
  "not-reached": { word: "not reached", mark: "○", tone: "quiet" },
  stale: { word: "stale", mark: "↺", tone: "bad" },
};

const CHECKS = { passed: "✓", failed: "✗", warning: "!", info: "·" } as const;

export function verdictWords(verdict: LogEntry["verdict"]): VerdictWords {
  return VERDICTS[verdict];
}

export function statusWords(status: EntryStatus): Omit<VerdictWords, "sentence"> {
  return STATUSES[status];
}

export function checkMark(status: keyof typeof CHECKS): string {
  return CHECKS[status];
}
