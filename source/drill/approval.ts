/** What is left to do where a checklist asks for an approver. Pure. */
import { isName, operatorsOf, sameName } from "./people.ts";
import type { DrillState } from "./state.ts";

export function needsApproval({ drill }: DrillState): boolean {
  return drill?.checklist.approval === "required";
}

/** Variable that a step of a checklist asks the approver's name into. */
export const APPROVER = "APPROVER";

/** Whom the drill named as its approver; nobody who had it in hand, whatever a step was told. */
export function namedApprover(state: DrillState): string | undefined {
  const given = state.signOff?.approver ?? state.values[APPROVER] ?? "";
  const named = given.replaceAll(/\p{Cc}+/gu, " ").trim();
  if (!needsApproval(state) || !isName(named)) return undefined;
  return operatorsOf(state).some((one) => sameName(one, named)) ? undefined : named;
}

export const APPROVAL_REQUIRED =
  "Approval is required: the entry is complete only once an approver, who is not the operator, has signed it with a key of their own.";

/** For the approver to run. Drill ids are plain names, so nothing needs quoting. */
export function approveCommand(entry: string): string {
  return `restore-drill log approve ${entry} --as NAME --key FILE`;
}

function rejectCommand(entry: string): string {
  return `${approveCommand(entry)} --reject REASON`;
}

/** Right after the operator's signature; empty where nobody else has to sign. */
export function awaitingLines(state: DrillState): readonly string[] {
  const { entry } = state;
  const named = namedApprover(state);
  if (!needsApproval(state) || entry === undefined) return [];
  return [
    `Awaiting approval: ${entry.id} is not signed off in full yet.`,
    ...(named === undefined ? [] : [`Named as its approver: ${named}`]),
    `The approver runs: ${approveCommand(entry.id)}`,
    `or:                ${rejectCommand(entry.id)}`,
  ];
}
