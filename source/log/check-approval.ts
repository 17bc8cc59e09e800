/** Nobody's word counts as approval before its signature was looked at. */
import { allowedSignersPath, isAllowed } from "./allowed-signers.ts";
import type { ApprovalState } from "./approval.ts";
import type { GoodLine } from "./read.ts";
import { checkSignature } from "./signature.ts";

/** As the log says, or awaiting with the reason why what it says does not count. */
export async function checkedApproval(log: string, { approval }: GoodLine): Promise<ApprovalState> {
  if (approval.status !== "approved" && approval.status !== "rejected") {
    return approval;
  }
  const { by } = approval;
  const checked = await checkSignature(by);
  const why = checked.ok ? checked.value : checked.problem.message;
  if (why !== undefined) {
    return awaiting(`has a signature that ${why}`);
  }
  return (await isAllowed(allowedSignersPath(log), by.signer))
    ? approval
    : awaiting("is signed by a key that allowed_signers does not list for its signer");
}

function awaiting(why: string): ApprovalState {
  return {
    status: "awaiting",
    problem: `The log has a record of an approval, but it ${why.replace(/\.$/, "")}.`,
  };
}
