/** Who approved an entry, with what, and how to check it. Pure. */
import { formatInstant } from "../../drill/units.ts";
import type { ApprovalState } from "../approval.ts";
import { type Block, verifyCommand } from "./document.ts";
import type { Fact } from "./figures.ts";
import { approvalWords } from "./words.ts";

/** First of the facts; none where nobody has to approve. */
export function approvalFacts(state: ApprovalState): readonly Fact[] {
  const words = approvalWords(state);
  if (words === undefined) {
    return [];
  }
  const value = state.status === "awaiting" ? `${words}: not signed off in full` : words;
  return [{ label: "Approval", value }];
}

export function approvalBlocks(state: ApprovalState): readonly Block[] {
  switch (state.status) {
    case "not-required":
      return [];
    case "awaiting":
      return [
        {
          kind: "text",
          text: `${state.from ?? "An approver"} has yet to sign this entry.${state.problem === undefined ? "" : ` ${state.problem}`}`,
        },
      ];
    default:
      return decidedBlocks(state);
  }
}

function decidedBlocks({
  by,
  insteadOf,
}: Extract<ApprovalState, { by: unknown }>): readonly Block[] {
  const facts: readonly Fact[] = [
    { label: "Decision", value: by.decision },
    { label: "Approver", value: by.approver },
    ...(insteadOf === undefined ? [] : [{ label: "Named by the drill", value: insteadOf }]),
    ...(by.reason === undefined ? [] : [{ label: "Reason", value: by.reason }]),
    { label: "Signed", value: formatInstant(by.signedAt) },
    { label: "Signer", value: by.signer.identity },
    { label: "Key", value: by.signer.fingerprint },
    { label: "Hash of the entry", value: by.entry.hash },
    { label: "Hash of the approval", value: by.hash },
  ];
  return [
    { kind: "facts", facts },
    { kind: "code", text: by.signature },
    { kind: "code", text: verifyCommand(by) },
  ];
}
