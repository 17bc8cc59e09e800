/** Verdicts and statuses in words and marks that need no colour. Pure. */
import type { ApprovalState } from "../approval.ts";
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

/** `approved by Kim`; undefined where nobody has to. Names are shown as they are: clean the result. */
export function approvalWords(state: ApprovalState): string | undefined {
  switch (state.status) {
    case "not-required":
      return undefined;
    case "awaiting":
      return state.from === undefined ? "awaiting approval" : `awaiting approval by ${state.from}`;
    case "approved":
      return `approved by ${deciderOf(state)}`;
    case "rejected":
      return `rejected by ${deciderOf(state)}${state.by.reason === undefined ? "" : `: ${state.by.reason}`}`;
  }
}

function deciderOf({ by, insteadOf }: Extract<ApprovalState, { by: unknown }>): string {
  return insteadOf === undefined
    ? by.approver
    : `${by.approver} (the drill had named ${insteadOf})`;
}

/** The verdict, and whether the record is signed off in full. */
export function standingWords(verdict: LogEntry["verdict"], state: ApprovalState): VerdictWords {
  const words = VERDICTS[verdict];
  const more = approvalWords(state);
  if (more === undefined) {
    return words;
  }
  const word = `${words.word}, ${more}`;
  switch (state.status) {
    case "rejected":
      return {
        ...{ word, mark: "✗", tone: "bad" },
        sentence: `${words.sentence} The approver did not accept this record.`,
      };
    case "awaiting": {
      const problem = state.problem === undefined ? "" : ` ${state.problem}`;
      return {
        word,
        mark: words.tone === "bad" ? words.mark : "…",
        tone: words.tone === "bad" ? "bad" : "warning",
        sentence: `${words.sentence} It is not signed off in full: ${state.from ?? "an approver"}, who is not the operator, has yet to sign it.${problem}`,
      };
    }
    default:
      return { ...words, word };
  }
}

export function statusWords(status: EntryStatus): Omit<VerdictWords, "sentence"> {
  return STATUSES[status];
}

export function checkMark(status: keyof typeof CHECKS): string {
  return CHECKS[status];
}
