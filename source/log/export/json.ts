/**
 * An entry as JSON for people and programs: exactly what is in the log, set out in lines. Where the
 * entry needs an approval, how that stands comes first, as `approvalState`; what is signed is the
 * rest.
 */
import type { JsonValue } from "../../checklist/types.ts";
import type { ApprovalState } from "../approval.ts";

export function entryJson(raw: JsonValue, approval: ApprovalState): string {
  return `${JSON.stringify(entryDocumentOf(raw, approval), null, 2)}\n`;
}

export function entryDocumentOf(raw: JsonValue, approval: ApprovalState): JsonValue {
  if (approval.status === "not-required" || typeof raw !== "object" || raw === null) {
    return raw;
  }
  return { approvalState: stateOf(approval), ...raw };
}

function stateOf(state: Exclude<ApprovalState, { status: "not-required" }>): JsonValue {
  if (state.status === "awaiting") {
    return {
      status: state.status,
      signedOffInFull: false,
      ...(state.from === undefined ? {} : { from: state.from }),
      ...(state.problem === undefined ? {} : { problem: state.problem }),
    };
  }
  const { status, by, raw, insteadOf } = state;
  return {
    status,
    signedOffInFull: status === "approved",
    approver: by.approver,
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(by.reason === undefined ? {} : { reason: by.reason }),
    key: by.signer.fingerprint,
    signedAt: by.signedAt,
    record: raw,
  };
}
