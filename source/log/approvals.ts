/** All approvals of a log, judged in its own order. Pure. */
import {
  type Approval,
  type ApprovalState,
  approvalFault,
  decided,
  undecided,
} from "./approval.ts";
import type { ApprovalLine, EntryLine } from "./read.ts";
import type { LogEntry } from "./types.ts";

export interface JudgedApprovals {
  /** By the hash of the entry. */
  readonly states: ReadonlyMap<string, ApprovalState>;
  readonly faults: readonly {
    readonly line: number;
    readonly id: string;
    readonly why: string;
  }[];
}

export function judgeApprovals(lines: readonly (EntryLine | ApprovalLine)[]): JudgedApprovals {
  const entries: LogEntry[] = [];
  const approvals: Approval[] = [];
  const states = new Map<string, ApprovalState>();
  const faults: JudgedApprovals["faults"][number][] = [];
  for (const line of lines) {
    if (line.kind === "entry") {
      entries.push(line.entry);
      states.set(line.entry.hash, undecided(line.entry));
      continue;
    }
    const { record: by, raw, number } = line;
    const why = approvalFault(by, { entries, approvals });
    if (why === undefined) {
      approvals.push(by);
      const entry = entries.find(({ hash }) => hash === by.entry.hash);
      if (entry !== undefined) states.set(entry.hash, decided(entry, by, raw));
    } else {
      faults.push({ line: number, id: by.id, why });
    }
  }
  return { states, faults };
}
