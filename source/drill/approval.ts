/** What is left to do where a checklist asks for an approver. Pure. */
import type { DrillState } from "./state.ts";

export function needsApproval({ drill }: DrillState): boolean {
  return drill?.checklist.approval === "required";
}

export const APPROVAL_REQUIRED =
  "Approval is required: the entry is complete only once an approver, who is not the operator, has signed it with a key of their own.";

/** For the approver to run. Drill ids are plain names, so nothing needs quoting. */
export function approveCommand(entry: string): string {
  return `restore-drill log approve ${entry} --as NAME --key FILE`;
}

export function rejectCommand(entry: string): string {
  return `${approveCommand(entry)} --reject REASON`;
}

/** Right after the operator's signature; empty where nobody else has to sign. */
export function awaitingLines(state: DrillState): readonly string[] {
  const { entry } = state;
  if (!needsApproval(state) || entry === undefined) return [];
  return [
    `Awaiting approval: ${entry.id} is not signed off in full yet.`,
    `The approver runs: ${approveCommand(entry.id)}`,
    `or:                ${rejectCommand(entry.id)}`,
  ];
}
