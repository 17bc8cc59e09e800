/**
 * An approval or a rejection: a record of the log like an entry, in the same chain, signed by the
 * approver. It names the entry by id and hash. The rules here are what makes it count. Pure.
 */
import { z } from "zod";
import type { JsonValue } from "../checklist/types.ts";
import { sameName } from "../drill/people.ts";
import { type LogEntry, sha256, signerSchema, toolSchema } from "./types.ts";

export const approvalSchema = z.object({
  /** What sets it apart from an entry. */
  record: z.literal("approval"),
  id: z.string().min(1),
  entry: z.object({ id: z.string().min(1), hash: sha256 }),
  decision: z.enum(["approved", "rejected"]),
  /** Always there with a rejection. */
  reason: z.string().optional(),
  approver: z.string().min(1),
  signedAt: z.string(),
  tool: toolSchema,
  signer: signerSchema,
  previous: sha256,
  hash: sha256,
  signature: z.string(),
});

export type Approval = z.infer<typeof approvalSchema>;
export type UnsignedApproval = Omit<Approval, "hash" | "signature">;

/** How an entry stands. */
export type ApprovalState =
  | { readonly status: "not-required" }
  | {
      readonly status: "awaiting";
      /** Whom the drill named. */
      readonly from?: string;
      /** Why the record that there is does not hold. */
      readonly problem?: string;
    }
  | {
      readonly status: "approved" | "rejected";
      readonly by: Approval;
      /** Whom the drill had named, where somebody else decided. */
      readonly insteadOf?: string;
      /** As it stands in the log. */
      readonly raw: JsonValue;
    };

/** What of the log stands before a record. */
export interface Before {
  readonly entries: readonly LogEntry[];
  readonly approvals: readonly Approval[];
}

/** Without any record: what an entry is until somebody has signed for it. */
export function undecided(entry: LogEntry): ApprovalState {
  return entry.approval === "required" ? awaiting(entry) : { status: "not-required" };
}

export function awaiting({ approver }: LogEntry, problem?: string): ApprovalState {
  return {
    status: "awaiting",
    ...(approver !== undefined && { from: approver }),
    ...(problem !== undefined && { problem }),
  };
}

/**
 * Somebody else than the drill named is told of and not refused: the guarantee is a second person
 * with a key of their own, and one who is away must not leave a record open for ever.
 */
export function decided(entry: LogEntry, by: Approval, raw: JsonValue): ApprovalState {
  const named = entry.approver;
  const other = named !== undefined && !sameName(named, by.approver);
  return { status: by.decision, by, raw, ...(other && { insteadOf: named }) };
}

/** Why it does not count, as what `it ...` goes on with; undefined when it does. */
export function approvalFault(
  { entry: named, approver, signer }: Pick<Approval, "entry" | "approver" | "signer">,
  { entries, approvals }: Before,
): string | undefined {
  const entry = entries.find(({ id, hash }) => id === named.id && hash === named.hash);
  if (entry === undefined) return "decides about an entry that is not in the log before it";
  if (entry.approval !== "required") return "decides about an entry that asks for no approval";
  const earlier = approvals.find((one) => one.entry.hash === entry.hash);
  if (earlier !== undefined) {
    return `decides about an entry that ${earlier.approver} has ${earlier.decision} already`;
  }
  const operators = operatorsOf(entry);
  const self = operators.find((operator) => sameName(operator, approver));
  if (self !== undefined) return `is by ${approver}, and ${self} ran the drill`;
  if (signer.publicKey === entry.signer.publicKey) {
    return `is signed with the key that ${entry.operator} signed the entry with`;
  }
  const used = entries.find(
    (one) =>
      one.signer.publicKey === signer.publicKey &&
      operators.some((operator) => sameName(operator, one.operator)),
  );
  return used === undefined
    ? undefined
    : `is signed with a key that ${used.operator}, who ran the drill, signed entry ${used.id} with`;
}

/** Everybody who had the drill in hand. */
function operatorsOf({ operator, startedBy, resumes }: LogEntry): readonly string[] {
  const more = startedBy === undefined ? [] : [startedBy];
  return [operator, ...more, ...resumes.map((resume) => resume.operator)];
}
