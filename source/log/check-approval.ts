/** Nobody's word counts as approval before its signature was looked at. */
import { allowedSignersPath, isAllowed } from "./allowed-signers.ts";
import { type ApprovalState, awaiting } from "./approval.ts";
import type { GoodLine } from "./read.ts";
import { checkSignature } from "./signature.ts";
import type { LogEntry } from "./types.ts";

/** As the log says, or awaiting with the reason why what it says does not count. */
export async function checkedApproval(
  log: string,
  { approval, entry }: GoodLine,
): Promise<ApprovalState> {
  if (approval.status !== "approved" && approval.status !== "rejected") {
    return approval;
  }
  const { by } = approval;
  const checked = await checkSignature(by);
  const why = checked.ok ? checked.value : checked.problem.message;
  if (why !== undefined) {
    return notCounting(entry, `has a signature that ${why}`);
  }
  return (await isAllowed(allowedSignersPath(log), by.signer))
    ? approval
    : notCounting(entry, "is signed by a key that allowed_signers does not list for its signer");
}

function notCounting(entry: LogEntry, why: string): ApprovalState {
  const problem = `The log has a record of an approval, but it ${why.replace(/\.$/, "")}.`;
  return awaiting(entry, problem);
}
