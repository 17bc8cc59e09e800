/** `restore-drill log approve ENTRY --as NAME --key FILE [--reject REASON]`. */
import { sameName } from "../drill/people.ts";
import { toolSummary } from "../launch/tool.ts";
import { decided } from "../log/approval.ts";
import { signApproval } from "../log/approver.ts";
import { oneLine } from "../log/export/printable.ts";
import { approvalWords, verdictWords } from "../log/export/words.ts";
import type { GoodLine } from "../log/read.ts";
import { verifyLog } from "../log/verify.ts";
import { fail, ok, type Problem, type Result } from "../problem.ts";
import type { LogArguments, LogIo } from "./log.ts";
import { anchorsIn, pickEntry } from "./log-entries.ts";

/** Gives what to print. The log has to hold as a whole: nobody should sign on top of a forgery. */
export async function approve(args: LogArguments, io: LogIo): Promise<Result<string>> {
  const { as: approver = "", key = "", reject, entry: wanted, json = false } = args;
  const usage = usageProblem(args);
  if (usage !== undefined) return fail(usage);
  const { log, drills } = io.storage;
  const verified = await verifyLog(log, await anchorsIn(drills));
  if (!verified.ok) return verified;
  const picked = await pickEntry(wanted, io);
  if (!picked.ok) return picked;
  for (const line of aboutToSign(picked.value, approver)) io.err(line);
  const { id, hash } = picked.value.entry;
  const signed = await signApproval({
    storage: io.storage,
    tool: toolSummary(),
    entry: { id, hash },
    approver: approver.trim(),
    keyPath: key,
    decision: reject === undefined ? "approved" : "rejected",
    ...(reject === undefined ? {} : { reason: reject.trim() }),
    at: new Date().toISOString(),
  });
  if (!signed.ok) return signed;
  const record = signed.value;
  if (json) return ok(JSON.stringify(record, null, 2));
  const words = approvalWords(decided(picked.value.entry, record, null)) ?? "";
  return ok(
    [
      `Entry ${oneLine(id)}: ${oneLine(words)}.`,
      `  signed with ${record.signer.fingerprint}`,
      "Check it: restore-drill log verify",
    ].join("\n"),
  );
}

/** What the signature will be for. */
function aboutToSign({ entry }: GoodLine, approver: string): readonly string[] {
  const { checklist, environment, verdict, operator, hash } = entry;
  return [
    `Entry ${entry.id}: ${checklist.title}`,
    `  ${verdictWords(verdict).word} in ${environment.name}, by ${operator}, signed ${entry.signedAt}`,
    `  hash ${hash}`,
    ...(entry.approver === undefined || sameName(entry.approver, approver)
      ? []
      : [`  The drill named ${entry.approver} as its approver; the log will tell both names.`]),
  ].map((line) => `${line.startsWith(" ") ? "  " : ""}${oneLine(line)}`);
}

function usageProblem({
  as = "",
  key = "",
  reject,
  entry = "",
}: LogArguments): Problem | undefined {
  const missing =
    entry === ""
      ? "which entry is decided about"
      : as.trim() === ""
        ? "who approves (--as NAME)"
        : key === ""
          ? "the approver's own key (--key FILE)"
          : reject !== undefined && reject.trim() === ""
            ? "why it is rejected (--reject REASON)"
            : undefined;
  if (missing === undefined) return undefined;
  return {
    code: "usage",
    message: `It was not said ${missing}.`,
    hint: "restore-drill log approve ENTRY --as NAME --key FILE [--reject REASON]",
  };
}
