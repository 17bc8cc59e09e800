/** Makes an approver's signed word about an entry. */
import { isName } from "../drill/people.ts";
import type { ToolSummary } from "../drill/types.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { Storage } from "../settings/storage.ts";
import { type Approval, approvalFault, type UnsignedApproval } from "./approval.ts";
import { canonicalHash } from "./canonical.ts";
import type { OpenLog } from "./chain.ts";
import { signHash } from "./signature.ts";
import { signingKey } from "./signing-key.ts";
import { appendRecord, withLog } from "./with-log.ts";

export interface ApprovalRequest {
  readonly storage: Storage;
  readonly tool: ToolSummary;
  readonly entry: { readonly id: string; readonly hash: string };
  readonly approver: string;
  /** The approver's own; a key is never made for them, as the operator would have it too. */
  readonly keyPath: string;
  readonly decision: Approval["decision"];
  readonly reason?: string;
  readonly at: string;
}

/** Problems: `refused` when this approver must not decide; nothing is written then. */
export async function signApproval(request: ApprovalRequest): Promise<Result<Approval>> {
  if (!isName(request.approver)) {
    return fail({
      code: "usage",
      message: "The approver needs a name.",
      hint: "Give it as --as NAME.",
    });
  }
  return withLog(request.storage, request.approver, (open) => signInto(open, request));
}

async function signInto(open: OpenLog, request: ApprovalRequest): Promise<Result<Approval>> {
  const { storage, tool, entry, approver, keyPath, decision, reason, at } = request;
  const key = await signingKey({ keys: storage.keys, operator: approver, own: keyPath });
  if (!key.ok) {
    return fail({
      ...key.problem,
      hint: "Give the approver's own key as --key FILE; `ssh-keygen -t ed25519` makes one.",
    });
  }
  const unsigned: UnsignedApproval = {
    record: "approval",
    id: `approval-of-${entry.id}`,
    entry,
    decision,
    ...(reason !== undefined && { reason }),
    approver,
    signedAt: at,
    tool,
    signer: key.value.signer,
    previous: open.tail.hash,
  };
  const fault = approvalFault(unsigned, {
    entries: open.records.flatMap((line) => (line.kind === "entry" ? [line.entry] : [])),
    approvals: open.records.flatMap((line) => (line.kind === "approval" ? [line.record] : [])),
  });
  if (fault !== undefined) {
    return fail(refusal(fault));
  }
  const hash = canonicalHash(unsigned);
  const signature = await signHash(key.value, hash);
  if (!signature.ok) {
    return signature;
  }
  const approval: Approval = { ...unsigned, hash, signature: signature.value };
  const appended = await appendRecord(open, approval);
  return appended.ok ? ok(approval) : appended;
}

function refusal(fault: string): Problem {
  return {
    code: "refused",
    message: `Nothing was signed: this approval ${fault}.`,
    hint: "An approval is for somebody who had no hand in the drill, with a key of their own.",
  };
}
